/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/catalog_internal.h"

#include <stdio.h>
#include <string.h>

#include "pipeline/base/utc.h"

#define MISSION_LETTERS 8

static const struct {
	const char *name, *credit, *url, *terms;
	bool years; /* the credit ends with those of the data */
} providers[SOURCE_NR] = {
	[SOURCE_COPERNICUS] = { "European Union, Copernicus Programme",
				"Contains modified Copernicus Sentinel data",
				"https://www.copernicus.eu",
				"https://sentinels.copernicus.eu/documents/247904/690755/"
				"Sentinel_Data_Legal_Notice",
				true },
	[SOURCE_USGS] = { "U.S. Geological Survey",
			  "Landsat data courtesy of the U.S. Geological Survey",
			  "https://www.usgs.gov/landsat-missions",
			  "https://www.usgs.gov/core-science-systems/hdds/data-policy", false },
	[SOURCE_NASA] = { "NASA", "HLS data by NASA", "https://www.nasa.gov",
			  "https://www.earthdata.nasa.gov/engage/"
			  "open-data-services-software-policies/data-use-guidance",
			  false },
};

static void use_source(struct sources *s, enum source which, int first, int last)
{
	s->of[which].first =
		s->of[which].used && s->of[which].first < first ? s->of[which].first : first;
	s->of[which].last =
		s->of[which].used && s->of[which].last > last ? s->of[which].last : last;
	s->of[which].used = true;
}

/* Observations are named after their mission: LC09_..., S2A_..., HLS.L30..., HLS.S30... */
static int add_source(struct sources *s, const char *id, int64_t time)
{
	size_t length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
	bool hls = !strncmp(id, "HLS.", 4),
	     sentinel = !strncmp(id, hls ? "HLS.S30" : "S2", hls ? 7 : 2);
	int year = (int)utc_decimal_year(time);
	char mission[MISSION_LETTERS + 1];

	if (!length || length > MISSION_LETTERS || !strchr("_.", id[length]) ||
	    (id[0] != 'L' && !hls && !sentinel))
		return 0;
	if (hls)
		use_source(s, SOURCE_NASA, year, year);
	use_source(s, sentinel ? SOURCE_COPERNICUS : SOURCE_USGS, year, year);
	snprintf(mission, sizeof(mission), "%.*s", (int)length, id);
	return json_object_set_new(s->missions, mission, json_true());
}

int sources_add(struct sources *s, const struct result *r)
{
	const json_t *looks = result_looks(r);
	int bad = looks ? 0 : add_source(s, r->id, r->time);

	for (size_t i = 0; i < json_array_size(looks); i++) {
		const json_t *look = json_array_get(looks, i);
		const char *id = json_string_value(json_object_get(look, "id"));
		const char *text = json_string_value(json_object_get(look, "time"));
		int64_t time;

		if (id)
			bad |= add_source(s, id, text && !utc_parse(text, &time) ? time : r->time);
	}
	return bad;
}

int sources_join(struct sources *a, const struct sources *b)
{
	for (int i = 0; i < SOURCE_NR; i++)
		if (b->of[i].used)
			use_source(a, (enum source)i, b->of[i].first, b->of[i].last);
	return json_object_update(a->missions, b->missions);
}

static json_t *provider_json(const struct sources *s, int i)
{
	char credit[120];
	int n = snprintf(credit, sizeof(credit), "%s", providers[i].credit);

	if (providers[i].years && s->of[i].first == s->of[i].last)
		snprintf(credit + n, sizeof(credit) - (size_t)n, " %d", s->of[i].first);
	else if (providers[i].years)
		snprintf(credit + n, sizeof(credit) - (size_t)n, " %d-%d", s->of[i].first,
			 s->of[i].last);
	return json_pack("{s:s, s:s, s:[s, s], s:s}", "name", providers[i].name, "description",
			 credit, "roles", "producer", "licensor", "url", providers[i].url);
}

int sources_put(json_t *root, json_t *links, const struct sources *s)
{
	json_t *list = json_array();
	int bad = 0;

	for (int i = 0; i < SOURCE_NR; i++) {
		if (!s->of[i].used)
			continue;
		bad |= json_array_append_new(list, provider_json(s, i));
		bad |= json_array_append_new(
			links, catalog_link("license", providers[i].terms, NULL, NULL));
	}
	/* STAC's words for terms that have no SPDX name: of one owner, of several. */
	bad |= json_object_set_new(
		root, "license",
		json_string(json_array_size(list) == 1 ? "proprietary" : "various"));
	if (!json_array_size(list)) {
		json_decref(list);
		return bad;
	}
	return bad | json_object_set_new(root, "providers", list);
}
