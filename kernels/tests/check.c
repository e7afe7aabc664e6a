/* SPDX-License-Identifier: Apache-2.0
 *
 * check.c - every kernel of every instruction set that this CPU runs against the scalar one:
 * the same bits, no byte read or written outside.
 *
 *   check [SEED]    TAP; the same seed makes the same test
 *   check --bench [KIB]   speed of each kernel and instruction set on arrays of so many KiB together (256), beside memcpy
 */
#include <time.h>

#include "kernels/tests/rows.h"

#define TABLES_MAX 4
#define ARENA_SIZE (1u << 20)
#define SPAN_MAX   300

/* The tables that run here, scalar first. */
struct tables {
	const struct kernels *table[TABLES_MAX];
	size_t n;
};

enum place {
	AT_START, /* an element before is a guard page */
	AT_END,	  /* an element after is a guard page */
	INSIDE,	  /* at any multiple of the element's size */
	PLACES,
};

/* The arrays of one call, each in an arena of its own, and what to compare them with. */
struct trial {
	const struct row *row;
	struct params params;
	size_t n;
	struct arena arena[ROW_ARGS];
	void *array[ROW_ARGS]; /* in the arena */
	size_t bytes[ROW_ARGS];
	struct arena given[ROW_ARGS]; /* what arrays that are in and out start with */
	struct arena wanted[ROW_ARGS];
};

static struct tables tables_find(void)
{
	struct tables t = { .n = 0 };

	for (size_t i = 0; kernels_name(i) && t.n < TABLES_MAX; i++) {
		const struct kernels *k = kernels_find(kernels_name(i));

		if (k)
			t.table[t.n++] = k;
	}
	return t;
}

static struct trial trial_new(size_t arena_size)
{
	struct trial t = { .row = NULL };

	for (size_t i = 0; i < ROW_ARGS; i++) {
		t.arena[i] = arena_new(arena_size);
		t.given[i] = arena_new(arena_size);
		t.wanted[i] = arena_new(arena_size);
	}
	return t;
}

static void trial_release(struct trial *t)
{
	for (size_t i = 0; i < ROW_ARGS; i++) {
		arena_free(t->arena[i]);
		arena_free(t->given[i]);
		arena_free(t->wanted[i]);
	}
}

/* Places the arrays of a call of n pixels and fills those that are read. */
static void trial_draw(struct trial *t, const struct row *row, size_t n, enum place place,
		       struct random *r)
{
	t->row = row;
	t->n = n;
	for (size_t i = 0; i < row_args(row); i++) {
		enum kind kind = row->kind[i];
		size_t size = kind_size(kind), count = kind_count(kind, n, &t->params);
		unsigned char *base = t->arena[i].base;
		bool like_before = i > 0 && row->kind[i - 1] == kind;

		t->bytes[i] = count * size;
		if (place == AT_END)
			base += t->arena[i].size - t->bytes[i];
		if (place == INSIDE)
			base += CANARY_SIZE + size * random_below(r, (uint32_t)(64 / size));
		t->array[i] = base;
		if (kind < INOUT_STATE)
			kind_fill(kind, r, &t->params, base, like_before ? t->array[i - 1] : NULL,
				  count);
		else if (kind < OUT_U8)
			kind_fill(kind, r, &t->params, t->given[i].base, NULL, count);
	}
}

/* Runs a kernel on the arrays drawn; false if it wrote outside of them. */
static bool trial_run(struct trial *t, const struct kernels *k)
{
	bool intact = true;

	for (size_t i = 0; i < row_args(t->row); i++) {
		if (t->row->kind[i] < INOUT_STATE)
			continue;
		canary_set(t->arena[i], t->array[i], t->bytes[i]);
		if (t->row->kind[i] < OUT_U8)
			memcpy(t->array[i], t->given[i].base, t->bytes[i]);
	}
	t->row->call(k, t->n, t->array, &t->params);
	for (size_t i = 0; i < row_args(t->row); i++)
		if (t->row->kind[i] >= INOUT_STATE)
			intact &= canary_intact(t->arena[i], t->array[i], t->bytes[i]);
	if (!intact)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): k is never NULL */
		printf("# %s %s n=%zu: wrote outside of its arrays\n", t->row->name, k->isa, t->n);
	return intact;
}

/* Prints the first element that differs. */
static void report(const struct trial *t, const struct kernels *k, size_t arg)
{
	size_t size = kind_size(t->row->kind[arg]), i = 0;
	const unsigned char *got = t->array[arg], *wanted = t->wanted[arg].base;
	uint32_t got_bits = 0, wanted_bits = 0;

	while (!memcmp(got + i * size, wanted + i * size, size))
		i++;
	memcpy(&got_bits, got + i * size, size);
	memcpy(&wanted_bits, wanted + i * size, size);
	printf("# %s %s n=%zu argument %zu element %zu: %0*x, scalar %0*x\n", t->row->name, k->isa,
	       t->n, arg, i, (int)(2 * size), got_bits, (int)(2 * size), wanted_bits);
}

/* Runs a kernel on the arrays drawn; false if it gave other bits than the scalar one. */
static bool trial_same(struct trial *t, const struct kernels *k)
{
	bool same = trial_run(t, k);

	for (size_t i = 0; same && i < row_args(t->row); i++)
		if (t->row->kind[i] >= INOUT_STATE && t->bytes[i] &&
		    memcmp(t->array[i], t->wanted[i].base, t->bytes[i]) != 0) {
			report(t, k, i);
			same = false;
		}
	return same;
}

/* One draw through all tables; ok[i] is cleared where table i fails, which then rests. */
static void check_draw(struct trial *t, const struct tables *isa, bool *ok)
{
	ok[0] &= trial_run(t, isa->table[0]);
	for (size_t i = 0; i < row_args(t->row); i++)
		if (t->row->kind[i] >= INOUT_STATE)
			memcpy(t->wanted[i].base, t->array[i], t->bytes[i]);
	for (size_t i = 1; i < isa->n; i++)
		ok[i] = ok[i] && trial_same(t, isa->table[i]);
}

/* Draws every length and place for a row; ok as for check_draw(). */
static void check_row(struct trial *t, const struct row *row, const struct tables *isa,
		      struct random *r, bool *ok)
{
	static const size_t tile[] = { 512, 1000, 4099, 65536 };

	for (size_t i = 0; i <= SPAN_MAX + sizeof(tile) / sizeof(tile[0]); i++)
		for (enum place place = AT_START; place < PLACES; place++) {
			t->params = params_random(r);
			trial_draw(t, row, i <= SPAN_MAX ? i : tile[i - SPAN_MAX - 1], place, r);
			check_draw(t, isa, ok);
		}
}

static int check(uint64_t seed)
{
	struct tables isa = tables_find();
	struct trial t = trial_new(ARENA_SIZE);
	struct random r = { seed };
	size_t test = 0, failed = isa.n == 0;

	printf("1..%zu\n# seed %llu\n", ROW_COUNT * isa.n, (unsigned long long)seed);
	for (size_t row = 0; row < ROW_COUNT; row++) {
		bool ok[TABLES_MAX] = { true, true, true, true };

		check_row(&t, &rows[row], &isa, &r, ok);
		for (size_t i = 0; i < isa.n; i++) {
			failed += !ok[i];
			printf("%s %zu - %s %s\n", ok[i] ? "ok" : "not ok", ++test, rows[row].name,
			       isa.table[i]->isa);
		}
	}
	trial_release(&t);
	return failed != 0;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* bytes over the seconds of the fastest of many calls, in GB/s; memcpy where k is NULL. */
static double bench_speed(struct trial *t, const struct kernels *k, size_t bytes)
{
	double best = 1e9, start = now_s(), end = start + 0.02;

	/* Large arrays: a few calls at least, the first of which touches their pages. */
	for (int calls = 0; start < end || calls < 5; calls++) {
		if (k)
			t->row->call(k, t->n, t->array, &t->params);
		else
			memcpy(t->array[1], t->array[0], bytes / 2);
		double stop = now_s();

		best = stop - start < best ? stop - start : best;
		start = stop;
	}
	return 1e-9 * (double)bytes / best;
}

/* Bytes that a kernel reads and writes for a pixel; of a window one. */
static size_t row_bytes(const struct row *row)
{
	size_t bytes = kind_size(row->kind[0]) * kind_step(row->kind[0]);

	for (size_t i = 1; i < row_args(row); i++)
		bytes += kind_size(row->kind[i]) * kind_step(row->kind[i]);
	return bytes;
}

/* A line of the table: a kernel on arrays of about budget bytes together. */
static void bench_row(struct trial *t, const struct row *row, const struct tables *isa,
		      size_t budget, struct random *r)
{
	size_t bytes = row_bytes(row);
	double scalar = 0;

	t->params = params_random(r);
	t->params.tame = true;
	t->params.w = 128;
	t->params.h = (int32_t)(budget / bytes / 128);
	trial_draw(t, row, 128 * (size_t)t->params.h, AT_START, r);
	trial_run(t, isa->table[0]);
	printf("%-14s", row->name);
	for (size_t i = 0; i < isa->n; i++) {
		double speed = bench_speed(t, isa->table[i], bytes * t->n);

		scalar = i ? scalar : speed;
		printf(" %7.2f (%4.1fx)", speed, speed / scalar);
	}
	printf("\n");
}

/* Arrays of 256 KiB together fit the second level of cache of any CPU of interest; of 256 MiB no cache. */
static void bench(size_t budget)
{
	struct tables isa = tables_find();
	struct trial t = trial_new(budget + ARENA_SIZE);
	struct random r = { 1 };

	t.array[0] = t.arena[0].base;
	t.array[1] = t.arena[1].base;
	printf("GB/s read and written (times scalar), %zu KiB in all; memcpy %.2f\n%-14s",
	       budget >> 10, bench_speed(&t, NULL, budget), "");
	for (size_t i = 0; i < isa.n; i++)
		printf(" %15s", isa.table[i]->isa);
	printf("\n");
	for (size_t row = 0; row < ROW_COUNT; row++)
		bench_row(&t, &rows[row], &isa, budget, &r);
	trial_release(&t);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--bench")) {
		bench(argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) << 10 : 1u << 18);
		return 0;
	}
	return check(argc > 1 ? strtoull(argv[1], NULL, 0) : 20170523);
}
