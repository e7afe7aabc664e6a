/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of water quality: what every rule must have, and which of them a product gets.
 */
#include "pipeline/stage/quantity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/io/layer.h"
#include "pipeline/io/sensor.h"

/* --- the table --- */

static bool has_role(const struct quantity_rule *q, enum role role)
{
	for (size_t i = 0; i < q->roles_nr; i++)
		if (q->roles[i] == role)
			return true;
	return false;
}

static bool same_roles(const struct quantity_rule *a, const struct quantity_rule *b)
{
	for (size_t i = 0; i < a->roles_nr; i++)
		if (!has_role(b, a->roles[i]))
			return false;
	return a->roles_nr == b->roles_nr;
}

static bool is_text(const char *text)
{
	return text && *text && !strchr(text, '\n');
}

static void expect_rule(const struct quantity_rule *q)
{
	const struct layer *layer = layer_find(q->layer);

	assert_non_null(layer);
	assert_int_equal(layer->type, LAYER_F32);
	assert_true(layer->has_nodata && isnan(layer->nodata));
	assert_true(is_text(layer->unit));
	assert_true(quantity_is_layer(q->layer));
	assert_true(is_text(q->name) && !strpbrk(q->name, ":, "));
	assert_true(is_text(q->title) && is_text(q->source) && is_text(q->error));
	assert_true(q->low < q->high && q->low >= 0);
	assert_non_null(q->row);
	assert_true(q->roles_nr <= QUANTITY_ROLES_MAX);
	assert_true(q->roles_nr > 0 || !strcmp(q->name, "regression"));
	/* Where skill is asked for, turbidity is: of red and near infrared. */
	assert_true(!q->skill || (has_role(q, ROLE_RED) && has_role(q, ROLE_NIR)));
	assert_int_equal(q->colour, q->code == QUANTITY_FLOAT);
	assert_true(q->colour || (!q->skill && !q->hides));
	for (size_t i = 0; i < q->roles_nr; i++)
		assert_true(q->colour ? role_is_reflectance(q->roles[i])
				      : role_is_thermal(q->roles[i]));
}

static void every_rule_has_what_it_needs(void **state)
{
	const struct quantity_rule *q;
	size_t n = 0;

	(void)state;
	for (; (q = quantity_at(n)); n++)
		expect_rule(q);
	assert_int_equal(n, 21);
	assert_null(quantity_at(n + 1));
	assert_false(quantity_is_layer("water"));
	assert_false(quantity_is_layer(""));
}

/* A name stands twice only for products with other bands or another sensor: the first that fits is taken. */
static void names_are_unique_but_for_bands(void **state)
{
	const struct quantity_rule *a, *b;

	(void)state;
	for (size_t i = 0; (a = quantity_at(i)); i++)
		for (size_t k = 0; k < i; k++) {
			b = quantity_at(k);
			if (strcmp(a->layer, b->layer) != 0 || strcmp(a->name, b->name) != 0)
				continue;
			assert_false(same_roles(a, b));
			/* Else the later one is never taken. */
			for (size_t j = 0, more = 0; j < b->roles_nr; j++) {
				more += !has_role(a, b->roles[j]);
				assert_true(more || j + 1 < b->roles_nr);
			}
		}
}

static void layers_of_quantities_have_rules_and_thresholds(void **state)
{
	const struct quantity_rule *q;
	const float *from;
	size_t nr;

	(void)state;
	for (size_t i = 0; (q = quantity_at(i)); i++) {
		from = quantity_thresholds(q->layer, &nr);
		assert_non_null(from);
		assert_true(nr > 0);
		for (size_t k = 1; k < nr; k++)
			assert_true(from[k - 1] < from[k]);
	}
	assert_null(quantity_thresholds("water", &nr));
	assert_int_equal(nr, 0);
	/* Floats are quantities, and nothing else. */
	for (size_t i = 0; layer_at(i); i++)
		assert_int_equal(layer_at(i)->type == LAYER_F32,
				 quantity_is_layer(layer_at(i)->name));
}

static void a_rule_tells_what_it_is(void **state)
{
	const struct quantity_rule *q;
	struct regression r;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(regression_read(&r, "1.5 -2*blue/green 3*red", &e), 0);
	for (size_t i = 0; (q = quantity_at(i)); i++) {
		json_t *json = quantity_rule_json(q, &r), *terms;
		bool own = !strcmp(q->name, "regression");

		assert_non_null(json);
		assert_string_equal(json_string_value(json_object_get(json, "algorithm")), q->name);
		assert_int_equal(json_array_size(json_object_get(json, "range")), own ? 0 : 2);
		terms = json_object_get(json_object_get(json, "regression"), "terms");
		assert_int_equal(json_array_size(terms), own ? 2 : 0);
		json_decref(json);
	}
}

/* --- what a product gets --- */

static struct product product;
static struct granule granule;
static struct regression none;
static char file[] = "/nowhere/B.tif", metadata[] = "/nowhere/MTD.xml";

/* A product with all bands of a sensor. */
static void product_of(const struct sensor *sensor, const char *mission, enum level level)
{
	product = (struct product){ .id = "PRODUCT",
				    .sensor = sensor,
				    .level = level,
				    .metadata_path = metadata,
				    .granules = &granule,
				    .granules_nr = 1 };
	granule = (struct granule){ 0 };
	strncpy(product.mission, mission, sizeof(product.mission) - 1);
	for (size_t i = 0; i < sensor->bands_nr; i++)
		granule.bands[sensor->bands[i].role].path = file;
}

static void product_on(const char *spacecraft, const char *instrument)
{
	bool known;
	const struct platform *p = sensor_platform(spacecraft, instrument, &known);

	assert_non_null(p);
	product_of(p->sensor, p->mission, LEVEL_SURFACE);
}

static const struct quantity_rule *choose(const char *layer, const char *name,
					  const struct regression *regression, struct error *e)
{
	*e = (struct error){ 0 };
	return quantity_choose(&product, &granule, layer, name, strlen(name), regression, e);
}

static const struct quantity_rule *chosen(const char *layer, const char *name)
{
	struct error e;
	const struct quantity_rule *q = choose(layer, name, &none, &e);

	if (!q)
		fail_msg("%s:%s: %s", layer, name, e.text);
	else
		assert_string_equal(q->layer, layer);
	return q;
}

static void refused(const char *layer, const char *name, enum error_code code, const char *words)
{
	struct error e;

	assert_null(choose(layer, name, &none, &e));
	if (e.code != code || !strstr(e.text, words) || strchr(e.text, '\n'))
		fail_msg("%s:%s: %d, \"%s\" instead of %d, \"%s\"", layer, name, e.code, e.text,
			 code, words);
}

/* Without a name: the layer's first rule, where the bands are there. */
static void the_first_rule_is_the_default(void **state)
{
	const struct quantity_rule *q;

	(void)state;
	product_on("Sentinel-2A", "MSI");
	for (size_t i = 0; (q = quantity_at(i)); i++) {
		const struct quantity_rule *first = quantity_at(0);

		for (size_t k = 0; strcmp(first->layer, q->layer) != 0; k++)
			first = quantity_at(k);
		if (q->code == QUANTITY_FLOAT)
			assert_ptr_equal(chosen(q->layer, ""), first);
	}
	assert_string_equal(chosen("chlorophyll", "")->name, "balkhash");
}

/* Sensors without 705 nm have the same name by another rule. */
static void the_rule_is_of_the_bands_that_there_are(void **state)
{
	const struct quantity_rule *msi, *oli;

	(void)state;
	product_on("Sentinel-2B", "MSI");
	msi = chosen("chlorophyll", "");
	assert_true(has_role(msi, ROLE_EDGE705));
	assert_ptr_equal(chosen("chlorophyll", "balkhash"), msi);
	granule.bands[ROLE_EDGE705].path = NULL;
	assert_false(has_role(chosen("chlorophyll", "balkhash"), ROLE_EDGE705));
	product_on("LANDSAT_9", "OLI_TIRS");
	oli = chosen("chlorophyll", "");
	assert_false(has_role(oli, ROLE_EDGE705));
	assert_string_equal(oli->name, "balkhash");
	assert_string_equal(chosen("chlorophyll", "oc3-franz")->sensor, "OLI");
	product_on("LANDSAT_5", "TM");
	assert_ptr_equal(chosen("chlorophyll", ""), oli);
	assert_string_equal(chosen("temperature", "")->name, "usgs");
}

static void only_so_many_letters_of_a_name_count(void **state)
{
	struct error e;

	(void)state;
	product_on("Sentinel-2A", "MSI");
	assert_string_equal(
		quantity_choose(&product, &granule, "chlorophyll", "oc2,water", 3, &none, &e)->name,
		"oc2");
	assert_null(quantity_choose(&product, &granule, "chlorophyll", "oc2,water", 2, &none, &e));
	assert_non_null(strstr(e.text, "chlorophyll:oc;"));
}

static void unknown_names_are_told_the_nearest(void **state)
{
	(void)state;
	product_on("Sentinel-2A", "MSI");
	refused("chlorophyll", "mosse2", ERROR_USAGE,
		"no chlorophyll:mosse2; did you mean \"moses2\"?");
	refused("chlorophyll", "OC2", ERROR_USAGE, "did you mean \"oc2\"?");
	refused("turbidity", "oc2", ERROR_USAGE, "there is no turbidity:oc2");
	refused("secchi", "a-name-that-is-much-longer-than-any-algorithm-has", ERROR_USAGE,
		"there is no secchi:a-name");
}

/* How often a word stands in a text. */
static int times(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static void missing_bands_are_told_with_what_is_possible(void **state)
{
	struct error e;

	(void)state;
	product_on("LANDSAT_8", "OLI_TIRS");
	refused("chlorophyll", "ndci", ERROR_NOINPUT,
		"PRODUCT: layer chlorophyll:ndci needs band edge705, not on OLI; possible here: ");
	assert_null(choose("chlorophyll", "ndci", &none, &e));
	assert_non_null(strstr(e.text, "; possible here: chlorophyll:balkhash, chlorophyll:oc2, "
				       "chlorophyll:oc3, chlorophyll:oc3-franz"));
	assert_null(strstr(e.text, "chlorophyll:gons"));
	assert_null(strstr(e.text, "chlorophyll:regression"));
	/* Two rules have its name: that of the sensor lacks something. */
	granule.bands[ROLE_BLUE].path = NULL;
	refused("chlorophyll", "", ERROR_NOINPUT, "get it again: blue");
	assert_null(choose("chlorophyll", "", &none, &e));
	assert_null(strstr(e.text, "edge705"));
	product_on("Sentinel-2A", "MSI");
	granule.bands[ROLE_RED].path = NULL;
	refused("chlorophyll", "balkhash", ERROR_NOINPUT, "get it again: red");
	product_on("Sentinel-2A", "MSI");
	granule.bands[ROLE_COASTAL].path = NULL;
	assert_null(choose("chlorophyll", "oc3", &none, &e));
	assert_int_equal(times(e.text, "chlorophyll:balkhash"), 1);
	assert_non_null(strstr(e.text, "get it again: coastal"));
	/* Nothing is. */
	refused("secchi", "", ERROR_NOINPUT, "coastal");
	assert_null(choose("secchi", "", &none, &e));
	assert_null(strstr(e.text, "possible here"));
}

static void broken_bands_are_bad_data(void **state)
{
	static char why[] = "cut short";

	(void)state;
	product_on("Sentinel-2A", "MSI");
	granule.bands[ROLE_RED].broken = why;
	refused("turbidity", "", ERROR_DATA, "cut short");
}

static void some_rules_are_of_one_sensor(void **state)
{
	(void)state;
	product_on("Sentinel-2A", "MSI");
	refused("chlorophyll", "oc3-franz", ERROR_NOINPUT, "holds for OLI only");
	refused("temperature", "", ERROR_NOINPUT,
		"holds for Landsat Level-2 with surface temperature only");
	product_of(sensor_hls("L30"), "HLS", LEVEL_SURFACE);
	refused("temperature", "", ERROR_NOINPUT, "holds for Landsat Level-2");
	assert_string_equal(chosen("chlorophyll", "oc3-franz")->name, "oc3-franz");
	product_on("LANDSAT_8", "OLI_TIRS");
	product.level = LEVEL_TOA;
	refused("temperature", "usgs", ERROR_NOINPUT, "holds for Landsat Level-2");
}

static void a_regression_has_the_bands_that_the_user_names(void **state)
{
	const struct quantity_rule *q;
	struct regression r;
	struct error e = { 0 };
	size_t nr;

	(void)state;
	product_on("LANDSAT_8", "OLI_TIRS");
	refused("chlorophyll", "regression", ERROR_USAGE,
		"layer chlorophyll:regression needs --regression; possible here: ");
	assert_int_equal(regression_read(&r, "1 2*green/red", &e), 0);
	q = choose("chlorophyll", "regression", &r, &e);
	assert_non_null(q);
	assert_int_equal(quantity_roles(q, &r, &nr)[0], ROLE_GREEN);
	assert_int_equal(nr, 2);
	quantity_roles(chosen("chlorophyll", "oc2"), &r, &nr);
	assert_int_equal(nr, 2);
	assert_int_equal(regression_read(&r, "1 2*edge705/red", &e), 0);
	assert_null(choose("chlorophyll", "regression", &r, &e));
	assert_int_equal(e.code, ERROR_NOINPUT);
	assert_non_null(strstr(e.text, "edge705"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_has_what_it_needs),
		cmocka_unit_test(names_are_unique_but_for_bands),
		cmocka_unit_test(layers_of_quantities_have_rules_and_thresholds),
		cmocka_unit_test(a_rule_tells_what_it_is),
		cmocka_unit_test(the_first_rule_is_the_default),
		cmocka_unit_test(the_rule_is_of_the_bands_that_there_are),
		cmocka_unit_test(only_so_many_letters_of_a_name_count),
		cmocka_unit_test(unknown_names_are_told_the_nearest),
		cmocka_unit_test(missing_bands_are_told_with_what_is_possible),
		cmocka_unit_test(broken_bands_are_bad_data),
		cmocka_unit_test(some_rules_are_of_one_sensor),
		cmocka_unit_test(a_regression_has_the_bands_that_the_user_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
