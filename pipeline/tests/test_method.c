/* SPDX-License-Identifier: Apache-2.0
 *
 * Methods, their thresholds, and the threshold that a histogram gives.
 */
#include "pipeline/stage/method.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/stage/threshold.h"

static void expect_method(const char *text, const char *name, enum threshold_kind kind)
{
	struct method_choice c;
	struct error e;

	assert_int_equal(method_read(&c, text, &e), 0);
	assert_string_equal(c.method->name, name);
	assert_int_equal(c.threshold, kind);
}

static void expect_refusal(const char *text, const char *words)
{
	struct method_choice c;
	struct error e;

	assert_int_equal(method_read(&c, text, &e), -1);
	assert_int_equal(e.code, ERROR_USAGE);
	assert_non_null(strstr(e.text, words));
}

static void methods_are_found_by_name(void **state)
{
	(void)state;
	expect_method("balkhash", "balkhash", THRESHOLD_FIXED);
	expect_method("mndwi", "mndwi", THRESHOLD_FIXED);
	expect_method("mndwi:fixed", "mndwi", THRESHOLD_FIXED);
	expect_method("tcw:otsu", "tcw", THRESHOLD_OTSU);
	expect_method("ndwi:edge", "ndwi", THRESHOLD_EDGE);
	expect_refusal("mndwy", "did you mean \"mndwi\"");
	expect_refusal("", "there is no method");
	expect_refusal("mndwi:", "none of fixed, otsu, edge");
	expect_refusal("mndwi:Otsu", "none of fixed, otsu, edge");
	expect_refusal("wofs:otsu", "no single threshold");
	expect_refusal("a-name-that-is-much-longer-than-any-method-could-ever-be:otsu",
		       "no method");
}

static void every_method_has_what_it_needs(void **state)
{
	const struct method *m;
	size_t n = 0;

	(void)state;
	for (; (m = method_at(n)); n++) {
		assert_true(m->roles_nr > 0 && m->roles_nr <= METHOD_ROLES_MAX);
		assert_non_null(m->row);
		assert_int_equal(m->index != NULL, (m->limits & LIMITS_INDEX) != 0);
		assert_true(!m->index || index_rule_find(m->index));
		assert_true(!method_has_dswe(m) || m->roles_nr == 6);
	}
	assert_int_equal(n, 11);
}

static int set(struct limits *l, char *pair, struct error *e)
{
	struct option_list list = { &pair, pair ? 1 : 0 };

	return limits_read(l, &list, e);
}

static void thresholds_are_the_published_ones_until_set(void **state)
{
	const struct dswe_limits dswe = DSWE_LIMITS;
	const struct evidence_limits water = EVIDENCE_LIMITS;
	const struct cloud_limits cloud = CLOUD_LIMITS;
	struct limits l;
	struct error e;
	json_t *json;

	(void)state;
	assert_int_equal(set(&l, NULL, &e), 0);
	assert_memory_equal(&l.dswe, &dswe, sizeof(dswe));
	assert_memory_equal(&l.water, &water, sizeof(water));
	assert_memory_equal(&l.cloud, &cloud, sizeof(cloud));
	assert_int_equal(set(&l, (char *)"dswe.mndwi=.2", &e), 0);
	assert_true(l.dswe.mndwi == .2f);
	json = limits_json(&l, LIMITS_DSWE);
	assert_true(json_real_value(json_object_get(json, "dswe.mndwi")) == .2);
	assert_null(json_object_get(json, "water.mndwi"));
	json_decref(json);
	assert_int_equal(set(&l, (char *)"cloud.cloud_margin=300", &e), 0);
	assert_true(l.cloud.cloud_margin == 300);
	json = limits_json(&l, LIMITS_CLOUD);
	assert_true(json_real_value(json_object_get(json, "cloud.cloud_margin")) == 300);
	assert_int_equal(json_object_size(json), sizeof(cloud) / sizeof(float));
	json_decref(json);
}

static void wrong_thresholds_are_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "dswe.mndwy=.2", "did you mean \"dswe.mndwi\"" },
		{ "dswe.mndwi=", "not a number from -2 to 2" },
		{ "dswe.mndwi=.2x", "not a number" },
		{ "dswe.mndwi=3", "not a number" },
		{ "dswe.mndwi=nan", "not a number" },
		{ "dswe.mndwi=inf", "not a number" },
	};
	struct limits l;
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(set(&l, (char *)bad[i][0], &e), -1);
		assert_int_equal(e.code, ERROR_USAGE);
		assert_non_null(strstr(e.text, bad[i][1]));
	}
}

/* Variance between the two parts at every bin, by sums over the pixels themselves. */
static int brute_otsu(const struct histogram *h)
{
	double best = 0;
	int best_bin = -1;

	for (int k = 0; k + 1 < THRESHOLD_BINS; k++) {
		double n[2] = { 0 }, sum[2] = { 0 }, apart, variance;

		for (int i = 0; i < THRESHOLD_BINS; i++) {
			n[i > k] += (double)h->count[i];
			sum[i > k] += (double)h->count[i] * i;
		}
		if (!(n[0] > 0) || !(n[1] > 0))
			continue;
		apart = sum[0] / n[0] - sum[1] / n[1];
		variance = n[0] * n[1] * apart * apart;
		if (variance > best * (1 + 1e-12)) {
			best = variance;
			best_bin = k;
		}
	}
	return best_bin;
}

static void otsu_parts_two_hills(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct histogram h = { 0 };
		int16_t threshold;
		int bin;

		for (int i = 0; i < 5000; i++) {
			seed = seed * 1664525u + 1013904223u;
			bin = (int)(seed >> 8) % (i % 3 ? 60 : 40) + (i % 3 ? 20 : 140 + round);
			h.count[bin]++;
		}
		assert_true(histogram_otsu(&h, &threshold));
		bin = brute_otsu(&h);
		assert_int_equal(histogram_bin(threshold), bin);
		assert_int_equal(histogram_bin((int16_t)(threshold + 1)), bin + 1);
	}
}

static void otsu_knows_when_it_does_not(void **state)
{
	struct histogram h = { 0 };
	int16_t threshold;

	(void)state;
	assert_false(histogram_otsu(&h, &threshold));
	h.count[7] = 100000;
	assert_false(histogram_otsu(&h, &threshold));
	h = (struct histogram){ 0 };
	h.count[7] = 50;
	h.count[70] = THRESHOLD_PIXELS_MIN - 51;
	assert_false(histogram_otsu(&h, &threshold));
	h.count[70]++;
	assert_true(histogram_otsu(&h, &threshold));
	assert_int_equal(histogram_bin(-32767), 0);
	assert_int_equal(histogram_bin(32767), THRESHOLD_BINS - 1);
}

static void edges_lie_where_the_index_jumps(void **state)
{
	int16_t index[7 * 5];
	uint8_t edge[7 * 5];

	(void)state;
	for (int i = 0; i < 35; i++)
		index[i] = i % 7 < 3 ? -3000 : 4000;
	threshold_edges(index, 7, 5, .2f, edge);
	for (int i = 0; i < 35; i++) {
		bool inner = i / 7 > 0 && i / 7 < 4 && (i % 7 == 2 || i % 7 == 3);

		assert_int_equal(edge[i], inner);
	}
	threshold_edges(index, 7, 5, .4f, edge);
	assert_null(memchr(edge, 1, sizeof(edge)));
	index[2 * 7 + 3] = INDEX_NODATA;
	threshold_edges(index, 7, 5, .2f, edge);
	assert_null(memchr(edge, 1, sizeof(edge)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_are_found_by_name),
		cmocka_unit_test(every_method_has_what_it_needs),
		cmocka_unit_test(thresholds_are_the_published_ones_until_set),
		cmocka_unit_test(wrong_thresholds_are_refused),
		cmocka_unit_test(otsu_parts_two_hills),
		cmocka_unit_test(otsu_knows_when_it_does_not),
		cmocka_unit_test(edges_lie_where_the_index_jumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
