/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as lines of the ledger: what cannot be read is counted and left out, and every question has an answer.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/ledger_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t apply_lines(struct ledger *l, const char *text, size_t size)
{
	const char *end = text + size, *eol;
	struct error e = { 0 };
	size_t lines = 0;

	for (; text < end; text = eol + 1, lines++) {
		eol = memchr(text, '\n', (size_t)(end - text));
		eol = eol ? eol : end;
		if (ledger_apply_line(l, text, (size_t)(eol - text), &e))
			abort();
	}
	return lines;
}

static void check_units(const struct ledger *l, size_t lines)
{
	const char *name;
	json_t *place;

	json_object_foreach(l->places, name, place)
	{
		struct ledger_unit u = ledger_unit(l, name);

		if (u.failures > lines || u.crashes > u.failures || u.lost > lines)
			abort();
		if ((u.state == UNIT_FAILED) != (u.failures > 0) && u.state != UNIT_BEGUN)
			abort();
	}
}

static void check_folders(const struct ledger *l)
{
	const char *folder;
	json_t *maker;

	json_object_foreach((json_t *)ledger_folders(l), folder, maker)
	{
		if (!ledger_maker(l, folder) || !ledger_maker_name(l, folder) ||
		    !ledger_result(l, folder))
			abort();
		(void)ledger_made(l, ledger_maker_name(l, folder));
		(void)ledger_expects(l, folder);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ledger *l;
	struct error e = { 0 };
	size_t lines;

	/* A folder that is not there: an empty ledger. */
	if (ledger_open(&l, "/nonexistent", &e))
		abort();
	lines = apply_lines(l, (const char *)data, size);
	if (ledger_broken(l) > lines || !(ledger_rate(l) >= 0))
		abort();
	check_units(l, lines);
	check_folders(l);
	ledger_free(l);
	return 0;
}
