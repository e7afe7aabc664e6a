/* SPDX-License-Identifier: Apache-2.0 */
#include "testdata/sentinel2_safe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define STEP_M	    5000
#define EDGE_POINTS 96 /* of a cloud's outline */
#define DETECTOR    7  /* the one that sees everything */

static int finish(FILE *out, const char *path, struct failure *f)
{
	int bad = ferror(out);

	if (fclose(out) || bad)
		return fail_errno(f, "cannot write %s", path);
	return 0;
}

static void general(const struct safe *s, FILE *out)
{
	char l1c[160];

	fputs("  <n1:General_Info>\n", out);
	if (!options_level1(s->options)) {
		snprintf(l1c, sizeof(l1c), "%s", s->tile_id);
		memcpy(strstr(l1c, "L2A"), "L1C", 3);
		fprintf(out, "    <L1C_TILE_ID metadataLevel=\"Brief\">%s</L1C_TILE_ID>\n", l1c);
	}
	fprintf(out,
		"    <TILE_ID metadataLevel=\"Brief\">%s</TILE_ID>\n"
		"    <DATASTRIP_ID metadataLevel=\"Standard\">%s</DATASTRIP_ID>\n"
		"    <DOWNLINK_PRIORITY metadataLevel=\"Standard\">NOMINAL</DOWNLINK_PRIORITY>\n"
		"    <SENSING_TIME metadataLevel=\"Standard\">%s000Z</SENSING_TIME>\n"
		"    <Archiving_Info metadataLevel=\"Expertise\">\n"
		"      <ARCHIVING_CENTRE>2%cPS</ARCHIVING_CENTRE>\n"
		"      <ARCHIVING_TIME>%s000Z</ARCHIVING_TIME>\n"
		"    </Archiving_Info>\n"
		"  </n1:General_Info>\n",
		s->tile_id, s->datastrip_id, s->strip_iso, s->options->spacecraft[2], s->made_iso);
}

static void geocoding(const struct safe *s, FILE *out)
{
	static const int metres[3] = { 10, 20, 60 };
	const struct grid *g = &s->grid;

	fprintf(out,
		"    <Tile_Geocoding metadataLevel=\"Brief\">\n"
		"      <HORIZONTAL_CS_NAME>WGS84 / UTM zone %02d%c</HORIZONTAL_CS_NAME>\n"
		"      <HORIZONTAL_CS_CODE>EPSG:%d</HORIZONTAL_CS_CODE>\n",
		g->zone, g->south ? 'S' : 'N', grid_epsg(g));
	for (int i = 0; i < 3; i++)
		fprintf(out,
			"      <Size resolution=\"%d\">\n"
			"        <NROWS>%d</NROWS>\n"
			"        <NCOLS>%d</NCOLS>\n"
			"      </Size>\n",
			metres[i], g->height * 10 / metres[i], g->width * 10 / metres[i]);
	for (int i = 0; i < 3; i++)
		fprintf(out,
			"      <Geoposition resolution=\"%d\">\n"
			"        <ULX>%.0f</ULX>\n"
			"        <ULY>%.0f</ULY>\n"
			"        <XDIM>%d</XDIM>\n"
			"        <YDIM>-%d</YDIM>\n"
			"      </Geoposition>\n",
			metres[i], g->e0, g->n0, metres[i], metres[i]);
	fputs("    </Tile_Geocoding>\n", out);
}

/* The same angle at every node. */
static void angle_grid(const struct safe *s, FILE *out, const char *name, double degrees)
{
	const struct grid *g = &s->grid;
	int nx = (int)ceil(g->width * g->pixel_m / STEP_M) + 1;
	int ny = (int)ceil(g->height * g->pixel_m / STEP_M) + 1;

	fprintf(out,
		"        <%s>\n"
		"          <COL_STEP unit=\"m\">%d</COL_STEP>\n"
		"          <ROW_STEP unit=\"m\">%d</ROW_STEP>\n"
		"          <Values_List>\n",
		name, STEP_M, STEP_M);
	for (int y = 0; y < ny; y++) {
		fputs("            <VALUES>", out);
		for (int x = 0; x < nx; x++)
			fprintf(out, "%s%.6g", x ? " " : "", degrees);
		fputs("</VALUES>\n", out);
	}
	fprintf(out,
		"          </Values_List>\n"
		"        </%s>\n",
		name);
}

static void angles(const struct safe *s, FILE *out)
{
	const struct air *a = &s->air;

	fputs("    <Tile_Angles metadataLevel=\"Standard\">\n"
	      "      <Sun_Angles_Grid>\n",
	      out);
	angle_grid(s, out, "Zenith", a->sun_zenith);
	angle_grid(s, out, "Azimuth", a->sun_azimuth);
	fprintf(out,
		"      </Sun_Angles_Grid>\n"
		"      <Mean_Sun_Angle>\n"
		"        <ZENITH_ANGLE unit=\"deg\">%.13g</ZENITH_ANGLE>\n"
		"        <AZIMUTH_ANGLE unit=\"deg\">%.13g</AZIMUTH_ANGLE>\n"
		"      </Mean_Sun_Angle>\n",
		a->sun_zenith, a->sun_azimuth);
	for (int i = 0; i < MSI_BANDS; i++) {
		fprintf(out,
			"      <Viewing_Incidence_Angles_Grids bandId=\"%d\" detectorId=\"%d\">\n",
			i, DETECTOR);
		angle_grid(s, out, "Zenith", a->view_zenith);
		angle_grid(s, out, "Azimuth", a->view_azimuth);
		fputs("      </Viewing_Incidence_Angles_Grids>\n", out);
	}
	fputs("      <Mean_Viewing_Incidence_Angle_List>\n", out);
	for (int i = 0; i < MSI_BANDS; i++)
		fprintf(out,
			"        <Mean_Viewing_Incidence_Angle bandId=\"%d\">\n"
			"          <ZENITH_ANGLE unit=\"deg\">%.13g</ZENITH_ANGLE>\n"
			"          <AZIMUTH_ANGLE unit=\"deg\">%.13g</AZIMUTH_ANGLE>\n"
			"        </Mean_Viewing_Incidence_Angle>\n",
			i, a->view_zenith, a->view_azimuth);
	fputs("      </Mean_Viewing_Incidence_Angle_List>\n"
	      "    </Tile_Angles>\n",
	      out);
}

static void content(const struct safe *s, FILE *out)
{
	static const struct {
		int class;
		const char *name;
	} share[] = {
		{ 2, "DARK_FEATURES" },
		{ 3, "CLOUD_SHADOW" },
		{ 4, "VEGETATION" },
		{ 5, "NOT_VEGETATED" },
		{ 6, "WATER" },
		{ 7, "UNCLASSIFIED" },
		{ 8, "MEDIUM_PROBA_CLOUDS" },
		{ 9, "HIGH_PROBA_CLOUDS" },
		{ 10, "THIN_CIRRUS" },
		{ 11, "SNOW_ICE" },
	};

	fprintf(out,
		"    <Image_Content_QI>\n"
		"      <CLOUDY_PIXEL_PERCENTAGE>%.6f</CLOUDY_PIXEL_PERCENTAGE>\n"
		"      <DEGRADED_MSI_DATA_PERCENTAGE>%.6f</DEGRADED_MSI_DATA_PERCENTAGE>\n",
		s->share[8] + s->share[9], s->options->defects ? 0.1 : 0);
	if (!options_level1(s->options)) {
		fprintf(out, "      <NODATA_PIXEL_PERCENTAGE>%.6f</NODATA_PIXEL_PERCENTAGE>\n",
			s->share[0]);
		for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++)
			fprintf(out, "      <%s_PERCENTAGE>%.6f</%s_PERCENTAGE>\n", share[i].name,
				s->share[share[i].class], share[i].name);
	}
	fputs("    </Image_Content_QI>\n", out);
}

/* The masks among the files: between the images and the metadata. */
static void masks(const struct safe *s, FILE *out)
{
	fputs("    <Pixel_Level_QI geometry=\"FULL_RESOLUTION\">\n", out);
	for (int i = s->images; i < s->files; i++) {
		const char *name = strstr(s->file[i], "MSK_");
		int band = -1;

		if (!name)
			continue;
		for (int k = 0; k < MSI_BANDS; k++)
			if (strstr(name, msi_bands[k].name))
				band = k;
		fputs("      <MASK_FILENAME ", out);
		if (band >= 0)
			fprintf(out, "bandId=\"%d\" ", band);
		fprintf(out, "type=\"%.10s\">%s</MASK_FILENAME>\n", name, s->file[i]);
	}
	fputs("    </Pixel_Level_QI>\n", out);
}

int safe_write_tile(struct safe *s, struct failure *f)
{
	const char *level = options_level1(s->options) ? "1C" : "2A";
	char path[1500], name[SAFE_PATH];
	FILE *out;

	snprintf(name, sizeof(name), "%s/%s", s->granule, s->granule_metadata);
	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	out = fopen(path, "w");
	if (!out)
		return fail_errno(f, "cannot create %s", path);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
		"<n1:Level-%s_Tile_ID xmlns:n1=\"https://psd-14.sentinel2.eo.esa.int/PSD/"
		"S2_PDI_Level-%s_Tile_Metadata.xsd\" "
		"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n",
		level, level);
	general(s, out);
	fputs("  <n1:Geometric_Info>\n", out);
	geocoding(s, out);
	angles(s, out);
	fputs("  </n1:Geometric_Info>\n"
	      "  <n1:Quality_Indicators_Info metadataLevel=\"Standard\">\n",
	      out);
	content(s, out);
	masks(s, out);
	fprintf(out,
		"  </n1:Quality_Indicators_Info>\n"
		"</n1:Level-%s_Tile_ID>\n",
		level);
	safe_add(s, name);
	return finish(out, path, f);
}

static void gml_cloud(const struct cloud *c, int i, FILE *out)
{
	fprintf(out,
		"    <eop:MaskFeature gml:id=\"OPAQUE.%d\">\n"
		"      <eop:maskType codeSpace=\"urn:gs2:S2PDGS:maskType\">OPAQUE</eop:maskType>\n"
		"      <eop:extentOf>\n"
		"        <gml:Polygon gml:id=\"OPAQUE.%d_Polygon\">\n"
		"          <gml:exterior>\n"
		"            <gml:LinearRing>\n"
		"              <gml:posList srsDimension=\"2\">",
		i, i);
	for (int k = 0; k <= EDGE_POINTS; k++) {
		double e, n;

		sky_edge(c, 2 * M_PI * (k % EDGE_POINTS) / EDGE_POINTS, &e, &n);
		fprintf(out, "%s%.0f %.0f", k ? " " : "", e, n);
	}
	fputs("</gml:posList>\n"
	      "            </gml:LinearRing>\n"
	      "          </gml:exterior>\n"
	      "        </gml:Polygon>\n"
	      "      </eop:extentOf>\n"
	      "    </eop:MaskFeature>\n",
	      out);
}

int safe_write_gml(struct safe *s, struct failure *f)
{
	const struct grid *g = &s->grid;
	char path[1500], name[SAFE_PATH];
	FILE *out;

	safe_mask_name(s, name, "CLOUDS", "B00", ".gml");
	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	out = fopen(path, "w");
	if (!out)
		return fail_errno(f, "cannot create %s", path);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<eop:Mask xmlns:eop=\"http://www.opengis.net/eop/2.0\" "
		"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		"xmlns:gml=\"http://www.opengis.net/gml/3.2\" gml:id=\"%s_MSK_CLOUDS_B00\">\n"
		"  <gml:name>MSK_CLOUDS pixels mask</gml:name>\n"
		"  <gml:boundedBy>\n"
		"    <gml:Envelope srsName=\"urn:ogc:def:crs:EPSG:8.7:%d\">\n"
		"      <gml:lowerCorner>%.0f %.0f</gml:lowerCorner>\n"
		"      <gml:upperCorner>%.0f %.0f</gml:upperCorner>\n"
		"    </gml:Envelope>\n"
		"  </gml:boundedBy>\n",
		s->tile_id, grid_epsg(g), g->e0, g->n0 - g->height * g->pixel_m,
		g->e0 + g->width * g->pixel_m, g->n0);
	fputs(s->sky->count ? "  <eop:maskMembers>\n" : "  <eop:maskMembers/>\n", out);
	for (int i = 0; i < s->sky->count; i++)
		gml_cloud(&s->sky->cloud[i], i, out);
	fputs(s->sky->count ? "  </eop:maskMembers>\n</eop:Mask>\n" : "</eop:Mask>\n", out);
	safe_add(s, name);
	return finish(out, path, f);
}
