/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/tests/config_case.h"

/* The text of --dump-config, to be freed. */
static char *dump(struct folder *f)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(config_dump(&f->c, out, &f->e), 0);
	fclose(out);
	return text;
}

/* There is such a line, blanks before the origin aside. */
static void has_line(const struct folder *f, const char *text, const char *value,
		     const char *origin)
{
	char place[450];

	if (origin[0] == ':')
		snprintf(place, sizeof(place), "%s%s", f->file, origin);
	else
		snprintf(place, sizeof(place), "%s", origin);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, value, strlen(value)) != 0)
			continue;

		const char *rest = line + strlen(value);

		rest += strspn(rest, " ");
		if (!strncmp(rest, "; ", 2) && !strncmp(rest + 2, place, strlen(place)) &&
		    rest[2 + strlen(place)] == '\n')
			return;
	}
	fail_msg("no line \"%s ; %s\" in\n%s", value, place, text);
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

static void the_dump_names_origins(void **state)
{
	struct folder *f = *state;
	char *text;

	take(f,
	     SMALL "[lake]\nlake = balkhash\n[options]\ntile = 128\nco = A=1\nco = B=1\n"
		   "[options scene]\ntile = 192\nmethod = dswe\n[period x]\nperiod = "
		   "2024-01-01/2025-01-01\n",
	     "run\tC\t--dump-config\t--lease\t20\t-v\t-v\t-co\tb=2\t-tr\t60\t60\t--json",
	     "BALKHASH_METHOD=wofs|BALKHASH_PARTITION=p|BALKHASH_SEARCH=https://u:pw@h/s\nhttps://i/");
	text = dump(f);
	has_line(f, text, "lake = balkhash", ":6");
	has_line(f, text, "tile = 128", ":8");
	has_line(f, text, "tile = 192", ":12");
	has_line(f, text, "co = A=1", ":9");
	has_line(f, text, "co = b=2", "command line");
	has_line(f, text, "lease = 20", "command line");
	has_line(f, text, "verbose = 2", "command line");
	has_line(f, text, "json = yes", "command line");
	has_line(f, text, "tr = 60 60", "command line");
	has_line(f, text, "quiet = no", "built in");
	has_line(f, text, "memory = 1G", "built in");
	has_line(f, text, "method = wofs", "BALKHASH_METHOD");
	has_line(f, text, "partition = p", "BALKHASH_PARTITION");
	has_line(f, text, "search = https://i/", "BALKHASH_SEARCH");
	has_line(f, text, "period = 2024-01-01/2025-01-01", ":15");
	assert_null(strstr(text, "B=1"));
	assert_null(strstr(text, "dswe"));
	assert_null(strstr(text, "pw"));
	assert_non_null(strstr(text, "; search = (not shown: it holds a password)"));
	assert_non_null(strstr(text, "; threads = "));
	assert_null(strstr(text, "\nthreads"));
	assert_null(strstr(text, "dump-config"));
	assert_int_equal(count(text, "[period x]\n"), 1);
	assert_int_equal(count(text, "[options mosaic]"), 0);
	assert_int_equal(count(text, "\nthreads = "), 0);
	free(text);
}

/* The values of two dumps, without origins. */
static char *values_of(struct folder *f)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < f->c.settings_nr; i++) {
		const struct config_setting *s = &f->c.settings[i];

		fprintf(out, "[%s] %s = %s\n", s->section, s->key, s->value);
	}
	fclose(out);
	return text;
}

static void the_dump_reads_back_the_same(void **state)
{
	struct folder *f = *state;
	char *text, *before, *after;

	take(f,
	     "[inputs]\nproducts = озеро Балхаш/*\nproducts = b\n[output]\noutput = o\n"
	     "[options]\ntile = 128\nco = A=1\n[options change]\nco = A=2\ntile = 256\n"
	     "vectors = PG:host=/x dbname=y\n[period p]\nfrom = 2024-01-01\nto = 2024-01-02\n"
	     "[period q]\nperiod = 2025-01-01/2025-01-02\n[change c]\nperiods = q,p\n",
	     "run\tC\t--regression\t1.3 -2.1*blue/green\t-te\t0\t1\t2.5\t3", "BALKHASH_MMU=3");
	before = values_of(f);
	text = dump(f);
	take(f, text, "run\tC", "");
	after = values_of(f);
	assert_string_equal(after, before);
	assert_string_equal(f->c.options[COMMAND_CHANGE].creation.values[0], "A=2");
	assert_string_equal(f->c.options[COMMAND_SCENE].creation.values[0], "A=1");
	assert_int_equal(f->c.options[COMMAND_CHANGE].mmu, 3);
	assert_int_equal(f->c.options[COMMAND_CHANGE].tile, 256);
	free(text);
	free(before);
	free(after);
}

/* A line that the file would cut, or not take, is a comment, and the dump is taken all the same. */
static void the_dump_leaves_out_what_a_file_cannot_say(void **state)
{
	static const char *const values[] = { "a ;b",	       " a",   "a ",   ";a",
					      LONG100 LONG100, "a\nb", "a\x7f" };
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char words[400], *text;

		snprintf(words, sizeof(words), "run\tC\t-t_srs\t%s", values[i]);
		take(f, SMALL, words, "");
		assert_string_equal(f->c.options[COMMAND_SCENE].t_srs, values[i]);
		text = dump(f);
		assert_int_equal(count(text, "\n; t_srs = "), 1);
		take(f, text, "run\tC", "");
		assert_null(f->c.options[COMMAND_SCENE].t_srs);
		free(text);
	}
	/* The origin goes above a line that would become too long. */
	take(f, SMALL,
	     "run\tC\t-t_srs\t" LONG100 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"
	     "abcdefghijklmnopqrstuvwxyz",
	     "");

	char *text = dump(f);

	assert_int_equal(count(text, "; command line\nt_srs = abc"), 1);
	take(f, text, "run\tC", "");
	assert_int_equal(strlen(f->c.options[COMMAND_SCENE].t_srs), 176);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_FOLDER(the_dump_names_origins),
		IN_FOLDER(the_dump_reads_back_the_same),
		IN_FOLDER(the_dump_leaves_out_what_a_file_cannot_say),
	};

	return cmocka_run_group_tests_name("config dump", tests, NULL, NULL);
}
