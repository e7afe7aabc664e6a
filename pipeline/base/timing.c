/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/timing.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static double clock_s(clockid_t clock)
{
	return 1e-9 * (double)clock_ns(clock);
}

void timing_begin(struct timing *t)
{
	if (!t)
		return;
	memset(t, 0, sizeof(*t));
	t->wall_s = clock_s(CLOCK_MONOTONIC);
	t->cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

void timing_lap(struct timing *t, const char *name)
{
	double wall_s, cpu_s;
	int i = 0;

	if (!t)
		return;
	while (i < t->laps_nr && strcmp(t->laps[i].name, name) != 0)
		i++;
	if (i == TIMING_LAPS_MAX)
		return;
	if (i == t->laps_nr)
		t->laps[t->laps_nr++].name = name;
	wall_s = clock_s(CLOCK_MONOTONIC);
	cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	t->laps[i].wall_s += wall_s - t->wall_s;
	t->laps[i].cpu_s += cpu_s - t->cpu_s;
	t->wall_s = wall_s;
	t->cpu_s = cpu_s;
}

uint64_t timing_start(const struct timing *t)
{
	return t ? clock_ns(CLOCK_MONOTONIC) : 0;
}

void timing_stop(struct timing *t, enum timing_kind kind, uint64_t start)
{
	if (t)
		t->counted_ns[kind] += clock_ns(CLOCK_MONOTONIC) - start;
}

static void print_row(FILE *stream, const char *name, double wall_s, double cpu_s, int threads)
{
	double idle_s = wall_s * threads - cpu_s;

	fprintf(stream, "%-12s %9.3f %9.3f %9.3f\n", name, wall_s, cpu_s, idle_s > 0 ? idle_s : 0);
}

static const char *const kinds[TIMING_KINDS] = { "decode", "compress", "write" };

static void print_events(const struct timing *t, const struct log *log)
{
	for (int i = 0; i < t->laps_nr; i++)
		log_numbers(log, LOG_INFO, CODE_STAGE_TIMING,
			    (const struct log_number[]){
				    { "wall_ms", (int64_t)(1e3 * t->laps[i].wall_s) },
				    { "cpu_ms", (int64_t)(1e3 * t->laps[i].cpu_s) } },
			    2, "%s", t->laps[i].name);
	for (int k = 0; k < TIMING_KINDS; k++)
		log_numbers(log, LOG_INFO, CODE_STAGE_TIMING,
			    &(const struct log_number){ "thread_ms",
							(int64_t)(t->counted_ns[k] / 1000000) },
			    1, "of these %s", kinds[k]);
}

void timing_print(const struct timing *t, int threads, const struct log *log)
{
	FILE *stream = log->stream;
	double wall_s = 0, cpu_s = 0;

	if (log->format == LOG_JSON) {
		print_events(t, log);
		return;
	}
	fprintf(stream, "%-12s %9s %9s %9s\n", "pass", "wall [s]", "CPU [s]", "wait [s]");
	for (int i = 0; i < t->laps_nr; i++) {
		print_row(stream, t->laps[i].name, t->laps[i].wall_s, t->laps[i].cpu_s, threads);
		wall_s += t->laps[i].wall_s;
		cpu_s += t->laps[i].cpu_s;
	}
	print_row(stream, "all", wall_s, cpu_s, threads);
	fprintf(stream, "of these, seconds of threads:");
	for (int k = 0; k < TIMING_KINDS; k++)
		fprintf(stream, "%s %s %.3f", k ? "," : "", kinds[k],
			1e-9 * (double)t->counted_ns[k]);
	fprintf(stream, "\n");
}
