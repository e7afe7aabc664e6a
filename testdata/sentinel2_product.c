/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2_safe.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int finish(FILE *out, const char *path, int ret, struct failure *f)
{
	int bad = ferror(out);

	if ((fclose(out) || bad) && !ret)
		return fail_errno(f, "cannot write %s", path);
	return ret;
}

static void datatake(const struct safe *s, FILE *out)
{
	const struct options *o = s->options;

	fprintf(out,
		"      <Datatake datatakeIdentifier=\"G%s_%s_%06d_N%s\">\n"
		"        <SPACECRAFT_NAME>Sentinel-2%c</SPACECRAFT_NAME>\n"
		"        <DATATAKE_TYPE>INS-NOBS</DATATAKE_TYPE>\n"
		"        <DATATAKE_SENSING_START>%sZ</DATATAKE_SENSING_START>\n"
		"        <SENSING_ORBIT_NUMBER>%d</SENSING_ORBIT_NUMBER>\n"
		"        <SENSING_ORBIT_DIRECTION>DESCENDING</SENSING_ORBIT_DIRECTION>\n"
		"      </Datatake>\n"
		"      <Query_Options completeSingleTile=\"true\">\n"
		"        <PRODUCT_FORMAT>SAFE_COMPACT</PRODUCT_FORMAT>\n"
		"      </Query_Options>\n",
		o->spacecraft, s->sensed, s->absolute_orbit, s->baseline, o->spacecraft[2],
		s->sensed_iso, o->orbit);
}

/* The files are listed without their ends; in old naming by their names alone. */
static void granule_images(const struct safe *s, const struct safe_granule *g, FILE *out)
{
	bool old = s->options->old_naming;
	const char *item = old ? "IMAGE_ID" : "IMAGE_FILE", *list = old ? "Granules" : "Granule";

	fprintf(out,
		"        <Granule_List>\n"
		"          <%s datastripIdentifier=\"%s\" granuleIdentifier=\"%s\" "
		"imageFormat=\"%s\">\n",
		list, s->datastrip_id, g->tile_id,
		s->options->images == IMAGES_TIF ? "GeoTIFF" : "JPEG2000");
	for (int i = g->first; i < g->images; i++) {
		const char *name = old ? strrchr(s->file[i], '/') + 1 : s->file[i];

		fprintf(out, "            <%s>%.*s</%s>\n", item, (int)strlen(name) - 4, name,
			item);
	}
	fprintf(out,
		"          </%s>\n"
		"        </Granule_List>\n",
		list);
}

static void images(const struct safe *s, FILE *out)
{
	fputs("      <Product_Organisation>\n", out);
	for (int i = 0; i < s->granules; i++)
		granule_images(s, &s->done[i], out);
	fputs("      </Product_Organisation>\n", out);
}

static void general(const struct safe *s, FILE *out)
{
	bool level1 = options_level1(s->options);

	fprintf(out,
		"  <n1:General_Info>\n"
		"    <Product_Info>\n"
		"      <PRODUCT_START_TIME>%sZ</PRODUCT_START_TIME>\n"
		"      <PRODUCT_STOP_TIME>%sZ</PRODUCT_STOP_TIME>\n"
		"      <PRODUCT_URI>%s.SAFE</PRODUCT_URI>\n"
		"      <PROCESSING_LEVEL>Level-%s</PROCESSING_LEVEL>\n"
		"      <PRODUCT_TYPE>S2MSI%s</PRODUCT_TYPE>\n"
		"      <PROCESSING_BASELINE>%s</PROCESSING_BASELINE>\n"
		"      <GENERATION_TIME>%s000Z</GENERATION_TIME>\n"
		"      <PREVIEW_IMAGE_URL>Not applicable</PREVIEW_IMAGE_URL>\n"
		"      <PREVIEW_GEO_INFO>Not applicable</PREVIEW_GEO_INFO>\n",
		s->sensed_iso, s->sensed_iso, s->product, level1 ? "1C" : "2A",
		level1 ? "1C" : "2A", s->baseline, s->made_iso);
	datatake(s, out);
	images(s, out);
	fputs("    </Product_Info>\n", out);
}

static void quantification(const struct safe *s, FILE *out)
{
	bool level1 = options_level1(s->options);
	const char *list = level1 ? "Radiometric_Offset_List" : "BOA_ADD_OFFSET_VALUES_LIST";
	const char *item = level1 ? "RADIO_ADD_OFFSET" : "BOA_ADD_OFFSET";

	fprintf(out,
		level1 ? "      <QUANTIFICATION_VALUE unit=\"none\">%d</QUANTIFICATION_VALUE>\n"
		       : "      <QUANTIFICATION_VALUES_LIST>\n"
			 "        <BOA_QUANTIFICATION_VALUE unit=\"none\">%d</BOA_QUANTIFICATION_VALUE>\n"
			 "        <AOT_QUANTIFICATION_VALUE unit=\"none\">1000.0</AOT_QUANTIFICATION_VALUE>\n"
			 "        <WVP_QUANTIFICATION_VALUE unit=\"cm\">1000.0</WVP_QUANTIFICATION_VALUE>\n"
			 "      </QUANTIFICATION_VALUES_LIST>\n",
		s->options->quantification);
	if (!s->options->has_offsets)
		return;
	fprintf(out, "      <%s>\n", list);
	for (int i = 0; i < MSI_BANDS; i++)
		fprintf(out, "        <%s band_id=\"%d\">%d</%s>\n", item, i, s->options->offset[i],
			item);
	fprintf(out, "      </%s>\n", list);
}

static void spectral(const struct safe *s, FILE *out)
{
	double d = air_sun_distance(&s->options->when);

	fprintf(out,
		"      <Reflectance_Conversion>\n"
		"        <U>%.14f</U>\n"
		"        <Solar_Irradiance_List>\n",
		1 / (d * d));
	for (int i = 0; i < MSI_BANDS; i++)
		fprintf(out,
			"          <SOLAR_IRRADIANCE bandId=\"%d\" unit=\"W/m\302\262/\302\265m\">%g"
			"</SOLAR_IRRADIANCE>\n",
			i, msi_bands[i].irradiance[s->satellite]);
	fputs("        </Solar_Irradiance_List>\n"
	      "      </Reflectance_Conversion>\n"
	      "      <Spectral_Information_List>\n",
	      out);
	for (int i = 0; i < MSI_BANDS; i++) {
		const struct msi_band *b = &msi_bands[i];

		fprintf(out,
			"        <Spectral_Information bandId=\"%d\" physicalBand=\"%s\">\n"
			"          <RESOLUTION>%d</RESOLUTION>\n"
			"          <Wavelength>\n"
			"            <MIN unit=\"nm\">%d</MIN>\n"
			"            <MAX unit=\"nm\">%d</MAX>\n"
			"            <CENTRAL unit=\"nm\">%g</CENTRAL>\n"
			"          </Wavelength>\n"
			"        </Spectral_Information>\n",
			i, b->physical, b->resolution, b->min_nm, b->max_nm,
			b->central_nm[s->satellite]);
	}
	fputs("      </Spectral_Information_List>\n", out);
}

static void characteristics(const struct safe *s, FILE *out)
{
	fputs("    <Product_Image_Characteristics>\n"
	      "      <Special_Values>\n"
	      "        <SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT>\n"
	      "        <SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX>\n"
	      "      </Special_Values>\n"
	      "      <Special_Values>\n"
	      "        <SPECIAL_VALUE_TEXT>SATURATED</SPECIAL_VALUE_TEXT>\n"
	      "        <SPECIAL_VALUE_INDEX>65535</SPECIAL_VALUE_INDEX>\n"
	      "      </Special_Values>\n"
	      "      <Image_Display_Order>\n"
	      "        <RED_CHANNEL>3</RED_CHANNEL>\n"
	      "        <GREEN_CHANNEL>2</GREEN_CHANNEL>\n"
	      "        <BLUE_CHANNEL>1</BLUE_CHANNEL>\n"
	      "      </Image_Display_Order>\n",
	      out);
	quantification(s, out);
	spectral(s, out);
	fputs("    </Product_Image_Characteristics>\n"
	      "  </n1:General_Info>\n",
	      out);
}

/* The corners of the window, closed, latitude before longitude. */
static int footprint(const struct safe *s, FILE *out, struct failure *f)
{
	static const int corner[5][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 0 } };
	const struct grid *g = &s->done[0].grid;
	double east = s->done[s->granules - 1].grid.e0 - g->e0;

	fputs("  <n1:Geometric_Info>\n"
	      "    <Product_Footprint>\n"
	      "      <Product_Footprint>\n"
	      "        <Global_Footprint>\n"
	      "          <EXT_POS_LIST>",
	      out);
	for (int i = 0; i < 5; i++) {
		double e = g->e0 + corner[i][0] * (east + g->width * g->pixel_m);
		double n = g->n0 - corner[i][1] * g->height * g->pixel_m, p[2];

		if (plane_lonlat(g, e, n, p, f))
			return -1;
		fprintf(out, "%.12f %.12f ", p[1], p[0]);
	}
	fputs("</EXT_POS_LIST>\n"
	      "        </Global_Footprint>\n"
	      "      </Product_Footprint>\n"
	      "      <RASTER_CS_TYPE>POINT</RASTER_CS_TYPE>\n"
	      "      <PIXEL_ORIGIN>1</PIXEL_ORIGIN>\n"
	      "    </Product_Footprint>\n"
	      "    <Coordinate_Reference_System>\n"
	      "      <GEO_TABLES version=\"1\">EPSG</GEO_TABLES>\n"
	      "      <HORIZONTAL_CS_TYPE>GEOGRAPHIC</HORIZONTAL_CS_TYPE>\n"
	      "    </Coordinate_Reference_System>\n"
	      "  </n1:Geometric_Info>\n",
	      out);
	return 0;
}

static void quality(const struct safe *s, FILE *out)
{
	double cloudy = 0;

	for (int i = 0; i < s->granules; i++)
		cloudy += s->done[i].share[8] + s->done[i].share[9];
	fprintf(out,
		"  <n1:Quality_Indicators_Info>\n"
		"    <Cloud_Coverage_Assessment>%.6f</Cloud_Coverage_Assessment>\n"
		"    <Technical_Quality_Assessment>\n"
		"      <DEGRADED_ANC_DATA_PERCENTAGE>0.0</DEGRADED_ANC_DATA_PERCENTAGE>\n"
		"      <DEGRADED_MSI_DATA_PERCENTAGE>%g</DEGRADED_MSI_DATA_PERCENTAGE>\n"
		"    </Technical_Quality_Assessment>\n"
		"    <Quality_Control_Checks>\n"
		"      <Quality_Inspections>\n",
		cloudy / s->granules, s->options->defects ? 0.1 : 0.0);
	fputs("        <quality_check checkType=\"FORMAT_CORRECTNESS\">PASSED</quality_check>\n"
	      "        <quality_check checkType=\"GENERAL_QUALITY\">PASSED</quality_check>\n"
	      "        <quality_check checkType=\"GEOMETRIC_QUALITY\">PASSED</quality_check>\n"
	      "        <quality_check checkType=\"RADIOMETRIC_QUALITY\">PASSED</quality_check>\n"
	      "        <quality_check checkType=\"SENSOR_QUALITY\">PASSED</quality_check>\n"
	      "      </Quality_Inspections>\n"
	      "      <Failed_Inspections/>\n"
	      "    </Quality_Control_Checks>\n"
	      "  </n1:Quality_Indicators_Info>\n",
	      out);
}

int safe_write_product(struct safe *s, struct failure *f)
{
	const char *level = options_level1(s->options) ? "1C" : "2A";
	char path[1300];
	FILE *out;
	int ret;

	safe_add(s, s->metadata);
	snprintf(path, sizeof(path), "%s/%s", s->folder, s->metadata);
	out = fopen(path, "w");
	if (!out)
		return fail_errno(f, "cannot create %s", path);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
		"<n1:Level-%s_User_Product xmlns:n1=\"https://psd-14.sentinel2.eo.esa.int/PSD/"
		"User_Product_Level-%s.xsd\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n",
		level, level);
	general(s, out);
	characteristics(s, out);
	ret = footprint(s, out, f);
	quality(s, out);
	fprintf(out, "</n1:Level-%s_User_Product>\n", level);
	return finish(out, path, ret, f);
}

int safe_write_manifest(struct safe *s, struct failure *f)
{
	char path[1100], file[1500];
	struct stat st;
	FILE *out;

	snprintf(path, sizeof(path), "%s/manifest.safe", s->folder);
	out = fopen(path, "w");
	if (!out)
		return fail_errno(f, "cannot create %s", path);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
		"<xfdu:XFDU xmlns:safe=\"http://www.esa.int/safe/sentinel/1.1\" "
		"xmlns:xfdu=\"urn:ccsds:schema:xfdu:1\" "
		"version=\"esa/safe/sentinel/1.1/sentinel-2/msi/archive_%s_user_product\">\n"
		"  <dataObjectSection>\n",
		options_level1(s->options) ? "l1c" : "l2a");
	for (int i = 0; i < s->files; i++) {
		bool xml = strstr(s->file[i], ".xml") || strstr(s->file[i], ".gml");

		snprintf(file, sizeof(file), "%s/%s", s->folder, s->file[i]);
		if (stat(file, &st))
			return finish(out, path, fail_errno(f, "cannot find %s", file), f);
		fprintf(out,
			"    <dataObject ID=\"F%03d\">\n"
			"      <byteStream mimeType=\"%s\" size=\"%lld\">\n"
			"        <fileLocation href=\"./%s\" locatorType=\"URL\"/>\n"
			"      </byteStream>\n"
			"    </dataObject>\n",
			i, xml ? "text/xml" : "application/octet-stream", (long long)st.st_size,
			s->file[i]);
	}
	fputs("  </dataObjectSection>\n</xfdu:XFDU>\n", out);
	return finish(out, path, 0, f);
}
