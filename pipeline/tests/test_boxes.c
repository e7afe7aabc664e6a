/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/space/boxes.h"
#include "pipeline/tests/line_maker.h"

#define MOST 5000

struct seen {
	uint8_t times[MOST];
	size_t left; /* until a visit says stop */
};

static int see(void *user, size_t i)
{
	struct seen *s = user;

	assert_true(i < MOST);
	s->times[i]++;
	return s->left && !--s->left ? 7 : 0;
}

static int64_t between(uint64_t *state, int64_t low, int64_t high)
{
	return low + (int64_t)(random_share(state) * (double)(high - low + 1));
}

static struct box random_box(uint64_t *state, int64_t reach, int64_t size)
{
	int64_t x = between(state, -reach, reach), y = between(state, -reach, reach);

	return (struct box){ x, y, x + between(state, 0, size), y + between(state, 0, size) };
}

static bool apart(struct box a, struct box b)
{
	return a.x1 < b.x0 || b.x1 < a.x0 || a.y1 < b.y0 || b.y1 < a.y0;
}

static void check(size_t n, int64_t reach, int64_t size, uint64_t seed)
{
	static struct box box[MOST];
	static struct seen seen;
	struct boxes *b;
	struct error e = { 0 };

	for (size_t i = 0; i < n; i++)
		box[i] = random_box(&seed, reach, i % 50 ? size : reach);
	assert_int_equal(boxes_new(&b, box, n, &e), 0);
	for (size_t k = 0; k < 300; k++) {
		struct box q = random_box(&seed, reach, k % 2 ? 0 : size);

		memset(&seen, 0, sizeof(seen));
		assert_int_equal(boxes_visit(b, &q, see, &seen), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(seen.times[i], !apart(box[i], q));
	}
	boxes_free(b);
}

static void visits_what_touches_once(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 255, 256, 257, 4096, 4097, MOST };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		check(sizes[i], 20, 3, i);
		check(sizes[i], 1000000000, 30000000, i);
		check(sizes[i], (int64_t)1 << 60, 1 << 30, i);
		check(sizes[i], 0, 0, i);
	}
}

static void stops_when_told(void **state)
{
	static struct seen seen;
	struct box box[100] = { { 0, 0, 0, 0 } }, q = { 0, 0, 0, 0 };
	struct boxes *b;
	struct error e = { 0 };
	size_t visits = 0;

	(void)state;
	assert_int_equal(boxes_new(&b, box, 100, &e), 0);
	seen.left = 37;
	assert_int_equal(boxes_visit(b, &q, see, &seen), 7);
	for (size_t i = 0; i < 100; i++)
		visits += seen.times[i];
	assert_int_equal(visits, 37);
	boxes_free(b);
}

static void says_what_it_takes(void **state)
{
	(void)state;
	assert_true(boxes_bytes(1000000) < (size_t)64 * 1000000);
	assert_true(boxes_bytes(1000000) > (size_t)36 * 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(visits_what_touches_once),
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(says_what_it_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
