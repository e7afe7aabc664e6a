/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/base/file.h"
#include "pipeline/base/options_table.h"
#include "pipeline/tests/config_case.h"

static void a_small_file_is_enough(void **state)
{
	struct folder *f = *state;
	const struct options *run = &f->c.options[COMMAND_RUN];

	take(f, SMALL, "run\tC", "");
	assert_string_equal(f->c.path, f->file);
	assert_int_equal(run->products.nr, 1);
	equals_path(f, run->products.values[0], "in");
	equals_path(f, run->output, "out");
	assert_string_equal(run->changes, "all");
	assert_string_equal(run->index, "gpkg");
	assert_string_equal(run->log_format, "text");
	assert_int_equal(run->completeness, 90);
	assert_int_equal(run->cloud_cover, 100);
	assert_int_equal(run->settle, 30);
	assert_int_equal(run->attempts, 3);
	assert_int_equal(run->lease, 300);
	assert_int_equal(run->time_limit, 21600);
	assert_int_equal(run->alert_days, 0);
	assert_int_equal(f->c.periods_nr, 0);
	assert_int_equal(f->c.changes_nr, 0);
	/* Of the stages: as if nothing had been typed. */
	assert_null(f->c.options[COMMAND_SCENE].output);
	assert_string_equal(f->c.options[COMMAND_SCENE].method, "balkhash");
	assert_int_equal(f->c.options[COMMAND_CHANGE].mmu, 1);
	equals_path(f, f->c.options[COMMAND_STATUS].output, "out");
	equals_path(f, f->c.options[COMMAND_SLURM].output, "out");
}

static const char every_section[] =
	"\xef\xbb\xbf; Балхаш\n[lake]\nlake = lakes/aral.ini\ntr = 60  60\n"
	"te: -1 -2 3e3 4\nt_srs = +proj=laea +lat_0=46\n"
	"[inputs]\nproducts = a b/*  ; here\nproducts = /abs/c\nproducts = "
	"https://x.example/i.json\n"
	"search = https://s.example/v1\ncollections = one,two\ncloud-cover = 0\n"
	"settle = 0\nstage = tmp\nhosts = h.example\ndirect = yes\n"
	"[options]\nthreads = 3\nmemory = 2G\nlayers = water\n  co = A=1\nco = B=2\n"
	"[options scene]\nlayers = water,why\nco = a=3\nset = x.y=1\nbathymetry = d.tif\n"
	"[options mosaic]\nrule = best\nfill = m1, /m2,m3\n"
	"[options change]\nmmu = 4\n[output]\noutput = /out\nmetrics = m.prom\n"
	"index = PG:dbname=x\nchanges = none\nalert-days = 3650\nlease = 10\n"
	"log-format = json\n[slurm]\npartition = p\ntasks = 7\n[options]\njson = no\n"
	"overwrite = On\nverbose = 2";

static void every_section_is_read(void **state)
{
	struct folder *f = *state;
	const struct options *run, *scene, *mosaic, *change;

	take(f, every_section, "slurm\tC", "");
	run = &f->c.options[COMMAND_RUN];
	scene = &f->c.options[COMMAND_SCENE];
	mosaic = &f->c.options[COMMAND_MOSAIC];
	change = &f->c.options[COMMAND_CHANGE];
	equals_path(f, scene->lake, "lakes/aral.ini");
	equals_path(f, change->lake, "lakes/aral.ini");
	assert_true(mosaic->tr[0] == 60 && mosaic->tr[1] == 60 && run->te[2] == 3000);
	assert_string_equal(run->t_srs, "+proj=laea +lat_0=46");
	assert_int_equal(run->products.nr, 3);
	equals_path(f, run->products.values[0], "a b/*");
	assert_string_equal(run->products.values[1], "/abs/c");
	assert_string_equal(run->products.values[2], "https://x.example/i.json");
	assert_int_equal(run->search.nr, 1);
	assert_string_equal(run->search.values[0], "https://s.example/v1");
	assert_int_equal(run->cloud_cover, 0);
	assert_int_equal(run->settle, 0);
	assert_true(scene->direct && scene->overwrite && change->overwrite && !scene->json);
	equals_path(f, scene->stage, "tmp");
	assert_string_equal(scene->hosts, "h.example");
	assert_int_equal(mosaic->threads, 3);
	assert_int_equal(scene->memory, (size_t)2 << 30);
	assert_int_equal(change->verbose, 2);
	assert_string_equal(run->layers, "water");
	assert_string_equal(mosaic->layers, "water");
	assert_string_equal(scene->layers, "water,why");
	assert_int_equal(scene->creation.nr, 2);
	assert_string_equal(scene->creation.values[0], "B=2");
	assert_string_equal(scene->creation.values[1], "a=3");
	assert_int_equal(mosaic->creation.nr, 2);
	assert_string_equal(mosaic->creation.values[0], "A=1");
	assert_int_equal(scene->limits.nr, 1);
	assert_int_equal(mosaic->limits.nr, 0);
	equals_path(f, scene->bathymetry, "d.tif");
	assert_string_equal(mosaic->rule, "best");
	assert_string_equal(run->rule, "frequency");
	assert_int_equal(change->mmu, 4);
	assert_string_equal(run->output, "/out");
	equals_path(f, run->metrics, "m.prom");
	assert_string_equal(run->index, "PG:dbname=x");
	assert_string_equal(f->c.options[COMMAND_SLURM].partition, "p");
	assert_int_equal(f->c.options[COMMAND_SLURM].tasks, 7);
	assert_string_equal(scene->log_format, "json");

	char wanted[800];

	snprintf(wanted, sizeof(wanted), "%s/m1,/m2,%s/m3", f->path, f->path);
	assert_string_equal(mosaic->fill, wanted);
}

static void periods_and_changes_are_read(void **state)
{
	struct folder *f = *state;

	take(f,
	     SMALL "[period late]\nto = 2025-01-01\nfrom = 2024-05-01T06:00:00Z\n"
		   "[change all]\nperiods = late , b,a\n[period b]\nperiod = "
		   "1990-01-01/2000-01-01\n"
		   "[period a]\nfrom = 1990-01-01\nto = 1990-01-02\n[change x.2_-]\nperiods=a,b",
	     "run\tC", "");
	assert_int_equal(f->c.periods_nr, 3);
	assert_string_equal(f->c.periods[0].name, "a");
	assert_string_equal(f->c.periods[1].name, "b");
	assert_string_equal(f->c.periods[2].name, "late");
	assert_int_equal(f->c.periods[0].to - f->c.periods[0].from, 86400);
	assert_int_equal(f->c.periods[2].from, 1714543200);
	assert_int_equal(f->c.periods[2].to, 1735689600);
	assert_int_equal(f->c.changes_nr, 2);
	assert_string_equal(f->c.changes[0].name, "all");
	assert_int_equal(f->c.changes[0].periods_nr, 3);
	assert_string_equal(f->c.changes[0].periods[0], "late");
	assert_string_equal(f->c.changes[0].periods[1], "b");
	assert_string_equal(f->c.changes[0].periods[2], "a");
	assert_string_equal(f->c.changes[1].name, "x.2_-");
}

/* built-in < [options] < [options COMMAND] < environment < command line */
static void sources_stand_above_each_other(void **state)
{
	static const char file[] = SMALL "[options]\ntile = 128\n[options scene]\ntile = 192\n";
	struct folder *f = *state;
	const struct config *c = &f->c;

	take(f, SMALL, "run\tC", "");
	assert_int_equal(c->options[COMMAND_SCENE].tile, 256);
	take(f, file, "run\tC", "");
	assert_int_equal(c->options[COMMAND_SCENE].tile, 192);
	assert_int_equal(c->options[COMMAND_CHANGE].tile, 128);
	take(f, file, "run\tC", "BALKHASH_TILE=384");
	assert_int_equal(c->options[COMMAND_SCENE].tile, 384);
	assert_int_equal(c->options[COMMAND_CHANGE].tile, 384);
	take(f, file, "run\tC\t--tile\t320", "BALKHASH_TILE=384");
	assert_int_equal(c->options[COMMAND_SCENE].tile, 320);
	assert_int_equal(c->options[COMMAND_CHANGE].tile, 320);
	take(f, file, "run\tC", "BALKHASH_TILE=");
	assert_int_equal(c->options[COMMAND_SCENE].tile, 192);

	/* What only one stage takes; output and period are of the plan. */
	take(f, file, "run\tC\t--mmu\t9\t-o\tthere\t--unit\t3-5\t--plan\t-v\t-v",
	     "BALKHASH_METHOD=mndwi|BALKHASH_PERIOD=2024-05-01/2024-06-01");
	assert_int_equal(c->options[COMMAND_CHANGE].mmu, 9);
	assert_string_equal(c->options[COMMAND_SCENE].method, "mndwi");
	assert_string_equal(c->options[COMMAND_RUN].output, "there");
	assert_null(c->options[COMMAND_CHANGE].output);
	assert_null(c->options[COMMAND_MOSAIC].period);
	assert_string_equal(c->options[COMMAND_RUN].unit, "3-5");
	assert_true(c->options[COMMAND_RUN].plan);
	assert_int_equal(c->options[COMMAND_SCENE].verbose, 2);

	/* A list is replaced, of pairs what has the same name; a flag may be taken back. */
	take(f,
	     "[inputs]\nproducts = a\nproducts = b\ndirect = yes\n[output]\noutput = o\n"
	     "[options]\nco = A=1\nco = B=1\n",
	     "run\tC\t--products\tc\t-co\tB=2", "BALKHASH_DIRECT=no|BALKHASH_CO=C=1\nD=1");
	assert_int_equal(c->options[COMMAND_RUN].products.nr, 1);
	assert_string_equal(c->options[COMMAND_RUN].products.values[0], "c");
	assert_false(c->options[COMMAND_SCENE].direct);
	assert_int_equal(c->options[COMMAND_CHANGE].creation.nr, 4);
	assert_string_equal(c->options[COMMAND_CHANGE].creation.values[0], "A=1");
	assert_string_equal(c->options[COMMAND_CHANGE].creation.values[1], "C=1");
	assert_string_equal(c->options[COMMAND_CHANGE].creation.values[3], "B=2");
}

/* Those of the file are absolute, those of other sources are left alone; a lake by name stays one. */
static void paths_are_of_the_file(void **state)
{
	struct folder *f = *state;
	char old[400], here[400], wanted[500];

	take(f, SMALL "[lake]\nlake = balkhash\n", "run\tC", "");
	assert_string_equal(f->c.options[COMMAND_SCENE].lake, "balkhash");
	take(f, SMALL "[inputs]\nproducts = a b/c://d\nproducts = s3://d/e\n", "run\tC", "");
	equals_path(f, f->c.options[COMMAND_RUN].products.values[1], "a b/c://d");
	assert_string_equal(f->c.options[COMMAND_RUN].products.values[2], "s3://d/e");
	take(f, SMALL, "run\tC\t--lake\tx/y.ini", "BALKHASH_STAGE=z");
	assert_string_equal(f->c.options[COMMAND_SCENE].lake, "x/y.ini");
	assert_string_equal(f->c.options[COMMAND_SCENE].stage, "z");
	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(f->path), 0);
	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(f->file, sizeof(f->file), "c.ini");
	take(f, SMALL, "run\tC", "");
	snprintf(wanted, sizeof(wanted), "%s/in", here);
	assert_string_equal(f->c.options[COMMAND_RUN].products.values[0], wanted);
	snprintf(f->file, sizeof(f->file), "./c.ini");
	take(f, SMALL, "run\tC\t--stage\tz", "");
	snprintf(wanted, sizeof(wanted), "%s/./in", here);
	assert_string_equal(f->c.options[COMMAND_RUN].products.values[0], wanted);
	snprintf(wanted, sizeof(wanted), "%s/z", here);
	for (size_t i = 0; i < f->c.settings_nr; i++)
		if (!strcmp(f->c.settings[i].key, "stage"))
			assert_string_equal(f->c.settings[i].value, wanted);
	assert_int_equal(chdir(old), 0);
	snprintf(f->file, sizeof(f->file), "%s/c.ini", f->path);
}

/* A file and what is said of it. */
static const char *const wrong_files[][2] = {
	{ "", "c.ini: no products and no search in [inputs]" },
	{ "[output]\noutput = x\n", "c.ini: no products and no search in [inputs]" },
	{ "[inputs]\nproducts = x\n", "c.ini: no output in [output]" },
	{ "lake = x\n", "c.ini:1: \"lake\" stands before any section" },
	{ "[lakes]\n", ":1: unknown section \"lakes\"; did you mean \"lake\"?" },
	{ "[options scenes]\n", ":1: unknown section \"options scenes\"; did you mean "
				"\"options scene\"?" },
	{ "[options verify]\n", ":1: unknown section \"options verify\"" },
	{ "[moon]\n", ":1: unknown section \"moon\"; known are lake, inputs, period NAME" },
	{ "[period]\n", ":1: unknown section \"period\"" },
	{ "[options]\n\nthread = 3\n",
	  ":3: unknown key \"thread\"; did you mean \"threads\", which is one of "
	  "[options]?" },
	{ "[lake]\nzzzzzzz = 3\n",
	  ":2: unknown key in [lake] \"zzzzzzz\"; known are lake, tr, te, t_srs" },
	{ "[options]\nversion = 1\n", ":2: unknown key" },
	{ "[lake]\nthreads = 3\n", ":2: \"threads\" belongs in [options], not in [lake]" },
	{ "[options]\nproducts = x\n", ":2: \"products\" belongs in [inputs], not in [options]" },
	{ "[options scene]\nhosts = x\n",
	  ":2: \"hosts\" belongs in [inputs], not in [options scene]" },
	{ "[options mosaic]\nperiod = 2024-01-01/2025-01-01\n",
	  ":2: \"period\" belongs in [period NAME], not in [options mosaic]" },
	{ "[options]\nplan = yes\n", ":2: \"plan\" is given on the command line only, as --plan" },
	{ "[options scene]\nmmu = 1\n", ":2: scene takes no \"mmu\"" },
	{ "[options]\nthreads = 1\nthreads = 2\n", ":3: \"threads\" is given twice, first in " },
	{ "[options scene]\ntile = 128\n[options scene]\ntile = 128\n",
	  ":4: \"tile\" is given twice, first in " },
	{ "[options]\nthreads = 0\n", ":2: threads wants a whole number from 1 to 1024, not '0'" },
	{ "[options]\nthreads =\n", ":2: threads wants a whole number" },
	{ "[options]\nlayers =\n", ":2: layers wants LIST, not ''" },
	{ "[inputs]\nproducts =\n", ":2: products wants PATH, not ''" },
	{ "[inputs]\ndirect = maybe\n", ":2: direct wants yes or no, not 'maybe'" },
	{ "[options]\nverbose = 10\n", ":2: verbose wants a number from 0 to 9" },
	{ "[options]\nco = A\n", ":2: co wants NAME=VALUE" },
	{ "[lake]\ntr = 30\n", ":2: tr wants XRES YRES" },
	{ "[lake]\ntr = 30 30 30\n", ":2: tr wants XRES YRES" },
	{ "[lake]\nte = 0 0 1 1 1 1 1\n", ":2: te wants XMIN" },
	{ "[output]\nchanges = some\n",
	  ":2: changes wants one of all|consecutive|none, not 'some'" },
	{ SMALL "index = gpgk\n", "index wants none, gpkg or PG: and a connection" },
	{ "[inputs]\nproducts = x\n[output]\noutput = PG:host=/x password=y\n",
	  "c.ini: output wants a folder" },
	{ "[inputs]\nproducts = x\n[output]\noutput = s3://bucket/x\n",
	  "c.ini: output wants a folder" },
	{ "[period a]\nfrom = 2024-05-01\n", ":1: period \"a\" has no to" },
	{ "[period a]\n[period b]\n", ":1: period \"a\" has no from" },
	{ "[period a]\nfrom = 2024-05-01\nto = 2024-05-01\n",
	  ":3: period \"a\" ends before it begins" },
	{ "[period a]\nperiod = 2024-05-02/2024-05-01\n",
	  ":2: period \"a\" ends before it begins" },
	{ "[period a]\nfrom = 2024-02-30\n", ":2: from = 2024-02-30: a day or a time" },
	{ "[period a]\nperiod = 2024\n", ":2: period = 2024: FROM/TO as in" },
	{ "[period a]\nperiod = 2024-05-01/x\n", ":2: period = x: a day or a time" },
	{ "[period a]\nfrom = 2024-05-01\nfrom = 2024-05-01\n", ":3: \"from\" is given twice" },
	{ "[period a]\nform = 2024-05-01\n",
	  ":2: unknown key in [period NAME] \"form\"; did you mean \"from\"?" },
	{ "[period a]\nperiod = 2023-01-01/2024-01-01\n[period a]\n",
	  ":3: period \"a\" is given twice" },
	{ "[period a/b]\n", ":1: period \"a/b\": up to 63 letters" },
	{ "[period .a]\n", ":1: period \".a\": up to 63 letters" },
	{ "[period ]\n", ":1: period \"\": up to 63 letters" },
	{ "[period " LONG100 "]\n", ":1: period \"" LONG100 "\": up to 63 letters" },
	{ "[change a]\nperiods = x\n", ":2: a change needs two periods or more" },
	{ "[change a]\nperiods = x,,y\n", ":2: a name between the commas is empty" },
	{ "[change a]\nperiods = x, y, x\n", ":2: the period \"x\" is named twice" },
	{ "[change a]\nperiods = x,y\nperiods = x,y\n", ":3: \"periods\" is given twice" },
	{ "[change a]\n[change a]\n", ":1: change \"a\" has no periods" },
	{ "[change a]\nperiods = x,y\n[change a]\n", ":3: change \"a\" is given twice" },
	{ "[change a]\nperiods = x,y\n", ":1: unknown period \"x\": there is no" },
	{ "[change a]\nperiods = p2,p3\n[period p2]\nperiod=2023-01-01/2024-01-01\n",
	  ":1: unknown period \"p3\"; did you mean \"p2\"?" },
	{ "[change a]\nperiod = x,y\n", ":2: unknown key in [change NAME] \"period\"; did "
					"you mean \"periods\"?" },
	{ "[lake]\nhello\n", ":2: neither [SECTION] nor KEY = VALUE" },
	{ "[lake] lake = x\n", ":1: what is behind [SECTION]" },
	{ "[lake\nlake = x\n", ":1: neither [SECTION] nor KEY = VALUE" },
	{ "[inputs]\nproducts = " LONG100 LONG100 "\n", ":2: longer than 197 letters" },
};

static void says_what_is_wrong_and_where(void **state)
{
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof(wrong_files) / sizeof(wrong_files[0]); i++) {
		write_text(f, wrong_files[i][0], strlen(wrong_files[i][0]));
		if (!read_file(f, "run\tC", ""))
			fail_msg("taken: %s", wrong_files[i][0]);
		if (!strstr(f->e.text, wrong_files[i][1]))
			fail_msg("\"%s\" does not say \"%s\"", f->e.text, wrong_files[i][1]);
		assert_int_equal(f->e.code, ERROR_CONFIG);
		assert_null(strstr(f->e.text, "password"));
		assert_null(strchr(f->e.text, '\n'));
		assert_non_null(strstr(f->e.text, f->file));
		assert_null(f->c.path);
	}
	write_text(f, "[lake]\nlake\0 = a\n", 17);
	assert_int_equal(read_file(f, "run\tC", ""), -1);
	assert_non_null(strstr(f->e.text, "not a text file"));
	unlink(f->file);
	assert_int_equal(read_file(f, "run\tC", ""), -1);
	assert_int_equal(f->e.code, ERROR_NOINPUT);
	write_text(f, "", 0);
}

static void other_sources_are_checked(void **state)
{
	struct folder *f = *state;

	write_text(f, SMALL, strlen(SMALL));
	/* Of a stage, not of the command that reads the file. */
	assert_int_equal(read_file(f, "status\tC", "BALKHASH_MMU=0"), -1);
	assert_int_equal(f->e.code, ERROR_CONFIG);
	assert_non_null(strstr(f->e.text, "BALKHASH_MMU wants a whole number from 1 to 64"));
	assert_int_equal(read_file(f, "run\tC\t--mmu\t0", ""), -1);
	assert_int_equal(f->e.code, ERROR_USAGE);
	assert_int_equal(read_file(f, "run\tC\t--index\tgkpg", ""), -1);
	assert_non_null(strstr(f->e.text, "index wants"));
}

static void the_example_is_taken(void **state)
{
	struct folder *f = *state;
	char *text, *line;
	size_t size;

	if (file_read("scripts/balkhash.ini", 1 << 20, &text, &size, &f->e))
		fail_msg("%s", f->e.text);
	take(f, text, "run\tC", "");
	assert_int_equal(f->c.periods_nr, 2);
	assert_int_equal(f->c.changes_nr, 1);
	assert_int_equal(f->c.options[COMMAND_SLURM].chunk, 4);
	/* What it shows as a comment is taken too: "; key = value". */
	while ((line = strstr(text, "\n; "))) {
		size_t key = strspn(line + 3, "abcdefghijklmnopqrstuvwxyz_-");

		memcpy(line, key && !strncmp(line + 3 + key, " = ", 3) ? "\n  " : "\n;;", 3);
	}
	take(f, text, "run\tC", "");
	assert_int_equal(f->c.options[COMMAND_RUN].cloud_cover, 60);
	assert_true(f->c.options[COMMAND_SCENE].tr[0] == 60);
	assert_string_equal(f->c.options[COMMAND_SLURM].partition, "main");
	free(text);
}

/* docs/guide.md has a row for each section, with every key. */
static void the_guide_lists_the_keys(void **state)
{
	struct folder *f = *state;
	char *guide;
	size_t size;

	write_text(f, "", 0);
	if (file_read("docs/guide.md", 1 << 20, &guide, &size, &f->e))
		fail_msg("%s", f->e.text);
	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];
		const char *section = option_section(s), *row;
		char head[40], key[40];

		if (!section[0] || !strcmp(section, "options") || !strcmp(section, "period NAME"))
			continue;
		snprintf(head, sizeof(head), "\n| `[%s]` |", section);
		snprintf(key, sizeof(key), "`%s`", s->name);
		row = strstr(guide, head);
		assert_non_null(row);
		row = strstr(row, key);
		if (!row || row > strstr(strstr(guide, head) + 1, "\n"))
			fail_msg("docs/guide.md: no %s in the row of [%s]", key, section);
	}
	free(guide);
}

static void a_zeroed_one_may_be_released(void **state)
{
	struct config c = { 0 };

	(void)state;
	config_release(&c);
	config_release(&c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_FOLDER(a_small_file_is_enough),
		IN_FOLDER(every_section_is_read),
		IN_FOLDER(periods_and_changes_are_read),
		IN_FOLDER(sources_stand_above_each_other),
		IN_FOLDER(paths_are_of_the_file),
		IN_FOLDER(says_what_is_wrong_and_where),
		IN_FOLDER(other_sources_are_checked),
		IN_FOLDER(the_example_is_taken),
		IN_FOLDER(the_guide_lists_the_keys),
		cmocka_unit_test(a_zeroed_one_may_be_released),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
