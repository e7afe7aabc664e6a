/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a configuration: it is refused in one line, or what is read is whole, and what
 * --dump-config prints is a configuration again, which says the same.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pipeline/base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file in memory, so that a disk is not what is tested. */
static int read_bytes(struct config *c, const void *data, size_t size)
{
	const struct options none = { 0 };
	struct error e = { 0 };
	char path[64];
	int fd = memfd_create("config", 0), ret;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = config_read(c, path, &none, &e);
	close(fd);
	if (ret && (e.code != ERROR_CONFIG || !e.text[0] || strchr(e.text, '\n')))
		abort();
	return ret;
}

static bool has_period(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->periods_nr; i++)
		if (!strcmp(c->periods[i].name, name))
			return true;
	return false;
}

static void check(const struct config *c)
{
	const struct options *run = &c->options[COMMAND_RUN];

	if (!run->output || run->output[0] != '/' || run->products.nr + run->search.nr == 0)
		abort();
	if (run->attempts < 1 || run->lease < 10 || run->threads < 1 ||
	    c->options[COMMAND_CHANGE].mmu < 1)
		abort();
	for (size_t i = 0; i < c->periods_nr; i++)
		if (c->periods[i].from >= c->periods[i].to ||
		    (i && c->periods[i].from < c->periods[i - 1].from))
			abort();
	for (size_t i = 0; i < c->changes_nr; i++) {
		if (c->changes[i].periods_nr < 2)
			abort();
		for (size_t k = 0; k < c->changes[i].periods_nr; k++)
			if (!has_period(c, c->changes[i].periods[k]))
				abort();
	}
}

static bool all_shown(const struct config *c)
{
	for (size_t i = 0; i < c->settings_nr; i++)
		if (!c->settings[i].shown && strcmp(c->settings[i].key, "threads") != 0)
			return false;
	return true;
}

static void check_same(const struct config *a, const struct config *b)
{
	if (a->settings_nr != b->settings_nr)
		abort();
	for (size_t i = 0; i < a->settings_nr; i++)
		if (strcmp(a->settings[i].section, b->settings[i].section) ||
		    strcmp(a->settings[i].key, b->settings[i].key) ||
		    strcmp(a->settings[i].value, b->settings[i].value))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c, again;
	struct error e = { 0 };
	char *text = NULL;
	size_t text_size;
	FILE *out;

	if (read_bytes(&c, data, size))
		return 0;
	check(&c);
	out = open_memstream(&text, &text_size);
	if (!out || config_dump(&c, out, &e) || fclose(out))
		abort();
	if (!read_bytes(&again, text, text_size)) {
		if (all_shown(&c))
			check_same(&c, &again);
		config_release(&again);
	} else if (all_shown(&c)) {
		abort();
	}
	free(text);
	config_release(&c);
	return 0;
}
