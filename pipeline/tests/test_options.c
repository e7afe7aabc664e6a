/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pipeline/base/file.h"
#include "pipeline/base/options_table.h"
#include "pipeline/tests/options_case.h"

static void defaults_are_as_documented(void **state)
{
	struct parsed p;
	cpu_set_t set;

	(void)state;
	accept(&p, "scene\tA\t-o\tD");
	assert_int_equal(p.command, COMMAND_SCENE);
	assert_string_equal(p.o.output, "D");
	assert_int_equal(p.o.paths_nr, 1);
	assert_string_equal(p.o.paths[0], "A");
	assert_null(p.o.lake);
	assert_null(p.o.t_srs);
	assert_null(p.o.layers);
	assert_null(p.o.isa);
	assert_null(p.o.period);
	assert_true(p.o.tr[0] == 0 && p.o.tr[1] == 0);
	assert_true(p.o.te[0] == 0 && p.o.te[3] == 0);
	assert_string_equal(p.o.masks, "auto");
	assert_string_equal(p.o.rayleigh, "auto");
	assert_string_equal(p.o.rule, "frequency");
	assert_int_equal(p.o.memory, (size_t)1 << 30);
	assert_int_equal(p.o.tile, 256);
	assert_false(p.o.overwrite || p.o.json || p.o.quiet || p.o.verbose);
	assert_int_equal(p.o.creation.nr, 0);
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	assert_int_equal(p.o.threads, CPU_COUNT(&set));
	done(&p);
}

static void every_option_is_read(void **state)
{
	struct parsed p;

	(void)state;
	accept(&p, "-v\tscene\t--lake\tbalkhash\t-tr\t30\t60\t-te\t-240000\t-126000\t240000\t1.14e5"
		   "\t-t_srs\tEPSG:32643\t-co\tCOMPRESS=LZW\t-co\tLEVEL=a=b\t--threads\t3"
		   "\t--memory\t512M\t--isa\tavx2\t--tile\t384\t--layers\twater,why\t--masks\tnone"
		   "\t--rayleigh\tnone\t--overwrite\t--json\t-q\tA\t-v\tB C\t-o\tout dir");
	assert_int_equal(p.command, COMMAND_SCENE);
	assert_string_equal(p.o.lake, "balkhash");
	assert_true(p.o.tr[0] == 30 && p.o.tr[1] == 60);
	assert_true(p.o.te[0] == -240000 && p.o.te[1] == -126000);
	assert_true(p.o.te[2] == 240000 && p.o.te[3] == 114000);
	assert_string_equal(p.o.t_srs, "EPSG:32643");
	assert_int_equal(p.o.creation.nr, 2);
	assert_string_equal(p.o.creation.values[0], "COMPRESS=LZW");
	assert_string_equal(p.o.creation.values[1], "LEVEL=a=b");
	assert_int_equal(p.o.threads, 3);
	assert_int_equal(p.o.memory, (size_t)512 << 20);
	assert_string_equal(p.o.isa, "avx2");
	assert_int_equal(p.o.tile, 384);
	assert_string_equal(p.o.layers, "water,why");
	assert_string_equal(p.o.masks, "none");
	assert_string_equal(p.o.rayleigh, "none");
	assert_true(p.o.overwrite && p.o.json && p.o.quiet);
	assert_int_equal(p.o.verbose, 2);
	assert_string_equal(p.o.output, "out dir");
	assert_int_equal(p.o.paths_nr, 2);
	assert_string_equal(p.o.paths[1], "B C");
	done(&p);

	accept(&p, "mosaic\t--period\t2024-05-01/2024-11-01\t--rule\tfrequency\tA\t-o\tD");
	assert_int_equal(p.command, COMMAND_MOSAIC);
	assert_string_equal(p.o.period, "2024-05-01/2024-11-01");
	done(&p);
}

static void spellings_are_those_of_gdal(void **state)
{
	static const char *const same[] = {
		"scene\tA\t-o\tD\t--threads\t2\t-co\tA=B\t--lake\tx",
		"scene\t--threads=2\t-co=A=B\t--lake=x\tA\t--output=D",
		"scene\t-threads=2\t--co\tA=B\t-lake\tx\tA\t--o\tD",
		"--threads\t9\tscene\tA\t-o\tE\t-co\tA=B\t--lake\ty\t--lake\tx\t-o\tD\t--threads\t2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct parsed p;

		accept(&p, same[i]);
		assert_int_equal(p.o.threads, 2);
		assert_int_equal(p.o.creation.nr, 1);
		assert_string_equal(p.o.creation.values[0], "A=B");
		assert_string_equal(p.o.lake, "x");
		assert_string_equal(p.o.output, "D");
		assert_int_equal(p.o.paths_nr, 1);
		done(&p);
	}
}

static void paths_may_be_anything(void **state)
{
	struct parsed p;

	(void)state;
	accept(&p, "info\tозеро Балхаш/сцена 1\t-\t--\t-q\t--\t--help\tscene");
	assert_int_equal(p.command, COMMAND_INFO);
	assert_int_equal(p.o.paths_nr, 6);
	assert_string_equal(p.o.paths[0], "озеро Балхаш/сцена 1");
	assert_string_equal(p.o.paths[1], "-");
	assert_string_equal(p.o.paths[2], "-q");
	assert_string_equal(p.o.paths[3], "--");
	assert_string_equal(p.o.paths[4], "--help");
	assert_string_equal(p.o.paths[5], "scene");
	assert_false(p.o.quiet);
	done(&p);
}

static void sizes_have_units(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
	} cases[] = {
		{ "1", 1 },	     { "1000000", 1000000 },	{ "1K", 1 << 10 },
		{ "64k", 64 << 10 }, { "3M", 3 << 20 },		{ "3MB", 3 << 20 },
		{ "3MiB", 3 << 20 }, { "2g", (size_t)2 << 30 }, { "64G", (size_t)64 << 30 },
	};
	static const char *const wrong[] = { "0",
					     "-1",
					     "",
					     " 1",
					     "1T",
					     "1.5G",
					     "1GG",
					     "1 G",
					     "G",
					     "x",
					     "1Gi",
					     "0x10",
					     "+1G",
					     "99999999999999999999",
					     "99999999999G",
					     "18446744073709551615" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parsed p;
		char line[100];

		snprintf(line, sizeof(line), "info\tA\t--memory\t%s", cases[i].text);
		accept(&p, line);
		assert_int_equal(p.o.memory, cases[i].bytes);
		done(&p);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char line[100];

		snprintf(line, sizeof(line), "info\tA\t--memory\t%s", wrong[i]);
		refuse(line, "--memory wants a size such as");
	}
}

static void numbers_are_checked(void **state)
{
	(void)state;
	refuse("info\tA\t--threads\t0", "--threads wants a whole number from 1 to 1024, not '0'");
	refuse("info\tA\t--threads\t1025", "from 1 to 1024");
	refuse("info\tA\t--threads\t-1", "from 1 to 1024");
	refuse("info\tA\t--threads\t2x", "not '2x'");
	refuse("info\tA\t--threads=", "not ''");
	refuse("info\tA\t--threads\t99999999999999999999", "from 1 to 1024");
	refuse("info\tA\t--tile\t100", "a multiple of 64 from 128 to 2048");
	refuse("info\tA\t--tile\t64", "from 128 to 2048");
	refuse("info\tA\t--tile\t2112", "from 128 to 2048");
	refuse("info\tA\t-tr\t0\t30", "-tr wants two sizes above 0, not '0'");
	refuse("info\tA\t-tr\t30\t-30", "not '-30'");
	refuse("info\tA\t-tr\tnan\t30", "two numbers, not 'nan'");
	refuse("info\tA\t-tr\tinf\t30", "two numbers");
	refuse("info\tA\t-tr\t30\tx", "two numbers, not 'x'");
	refuse("info\tA\t-te\t0\t0\t0\t1", "each MIN below its MAX");
	refuse("info\tA\t-te\t0\t2\t1\t1", "each MIN below its MAX");
	refuse("info\tA\t-te\t0\t2\t1\t", "four numbers, not ''");
}

static void texts_are_checked(void **state)
{
	(void)state;
	refuse("scene\tA\t-o\tD\t--masks\tnothing",
	       "--masks wants one of auto|product|own|both|none");
	refuse("scene\tA\t-o\tD\t--masks\tprod",
	       "--masks wants one of auto|product|own|both|none, not 'prod'");
	refuse("scene\tA\t-o\tD\t--masks\tproduct|none", "one of");
	refuse("scene\tA\t-o\tD\t--masks=", "one of");
	refuse("scene\tA\t-o\tD\t--lake=", "--lake wants NAME|FILE");
	refuse("scene\tA\t-o\tD\t-co\tCOMPRESS", "-co wants NAME=VALUE, not 'COMPRESS'");
	refuse("scene\tA\t-o\tD\t-co\t=LZW", "-co wants NAME=VALUE");
	refuse("mosaic\tA\t-o\tD\t--period\t2024", "--period wants FROM/TO as in");
	refuse("mosaic\tA\t-o\tD\t--period\t2024-13-01/2025-01-01", "FROM/TO");
	refuse("mosaic\tA\t-o\tD\t--period\t2024-02-30/2025-01-01", "FROM/TO");
	refuse("mosaic\tA\t-o\tD\t--period\t2024-05-01/2024-05-01", "earlier than TO");
	refuse("mosaic\tA\t-o\tD\t--period\t2024-05-01 and much longer/2024-05-01", "FROM/TO");
}

static void errors_name_what_was_meant(void **state)
{
	(void)state;
	refuse("scene\t--overwrit\tA\t-o\tD",
	       "unknown option --overwrit: did you mean --overwrite?");
	refuse("scene\t--lakes=x\tA\t-o\tD", "did you mean --lake?");
	refuse("scene\t-t_sr\tx", "did you mean -t_srs?");
	refuse("scene\t--outptu\tx", "did you mean -o?");
	refuse("scene\t--zzzzzzzz\tA",
	       "unknown option --zzzzzzzz.  balkhash scene --help lists them");
	refuse("--zzzzzzzz", "unknown option --zzzzzzzz.  balkhash --help lists them");
	refuse("scene\t--=x", "unknown option --=x");
	/* What follows '=' may be a secret. */
	refuse("change\t--vector=PG:password=x",
	       "unknown option --vector: did you mean --vectors?");
	refuse("change\tA\tB\t-o\tPG:dbname=x", "a database is named with --vectors");
	refuse("mosiac\tA", "unknown command 'mosiac': did you mean mosaic?");
	refuse("/data/LC09\tA",
	       "unknown command '/data/LC09': the commands are info, scene, mosaic, "
	       "change, run, status, verify, slurm");
}

static void errors_say_what_is_missing(void **state)
{
	(void)state;
	refuse("", "no command is given");
	refuse("-q", "no command is given");
	refuse("info", "info wants at least one path, not 0: balkhash info PRODUCT...");
	refuse("scene\tA", "-o DIR: balkhash scene PRODUCT... -o DIR");
	refuse("mosaic\t-o\tD", "mosaic wants at least one path");
	refuse("change\tA\t-o\tD",
	       "change wants at least two paths, not 1: balkhash change BEFORE [BETWEEN...] AFTER");
	refuse("change\tA\tB", "-o DIR");
	refuse("verify", "verify wants at least one path");
	refuse("scene\tA\t-o", "-o wants DIR after it");
	refuse("scene\tA\t-tr\t30", "-tr wants XRES YRES after it");
	refuse("scene\tA\t-o\t--json", "-o wants DIR after it, not the option --json");
	refuse("scene\t-tr=30\t30\tA\t-o\tD", "-tr takes no '=': write -tr XRES YRES");
	refuse("scene\t--json=yes\tA\t-o\tD", "--json takes no value");
	refuse("info\tA\t\tB", "a path is empty");
	refuse("info\tA\t--masks\tnone", "--masks is not an option of info");
	refuse("verify\tA\t-o\tD", "-o is not an option of verify");
	refuse("scene\tA\t-o\tD\t--period\t2024-05-01/2024-11-01",
	       "--period is not an option of scene");
}

static void answers(const char *line, enum command command, const char *words)
{
	struct parsed p;

	parse(&p, line);
	assert_int_equal(p.ret, 0);
	assert_int_equal(p.command, command);
	if (!strstr(p.out, words))
		fail_msg("'%s' prints: %s", line, p.out);
	done(&p);
}

static void help_and_its_like_are_answered(void **state)
{
	(void)state;
	answers("--help", COMMAND_NONE, "Usage: balkhash COMMAND");
	answers("scene\t--help", COMMAND_NONE,
		"Usage: balkhash scene [OPTION]... PRODUCT... -o DIR");
	answers("--help\tchange", COMMAND_NONE, "Usage: balkhash change");
	answers("-q\tscene\tA\t--help\t--bogus", COMMAND_NONE, "Usage: balkhash scene");
	answers("--man", COMMAND_NONE, ".SH EXIT STATUS");
	answers("--bash-completion", COMMAND_NONE, "complete -o default -F _balkhash balkhash");
	answers("--version", COMMAND_VERSION, "");
	answers("--isa\tavx2\t--version", COMMAND_VERSION, "");
}

/* Is the spelling there, and not only the beginning of another? */
static bool has_spelling(const char *text, const char *spelling)
{
	while ((text = strstr(text, spelling))) {
		text += strlen(spelling);
		if (!strchr("-abcdefghijklmnopqrstuvwxyz", *text) || !*text)
			return true;
	}
	return false;
}

/* Every option and command of the table is in the help, the man page and the completion. */
static void one_table_gives_them_all(void **state)
{
	struct parsed man, completion, help[COMMAND_NR];

	(void)state;
	parse(&man, "--man");
	parse(&completion, "--bash-completion");
	for (size_t c = 0; c < COMMAND_NR; c++) {
		char line[50];

		snprintf(line, sizeof(line), "%s\t--help", command_name((enum command)c));
		parse(&help[c], line);
		assert_non_null(strstr(man.out, command_table[c].name));
	}
	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];
		char spelling[40], escaped[80], *to = escaped;

		snprintf(spelling, sizeof(spelling), " %s", s->spelling);
		assert_true(has_spelling(completion.out, spelling));
		for (const char *from = spelling; *from; from++) {
			if (*from == '-')
				*to++ = '\\';
			*to++ = *from;
		}
		*to = 0;
		assert_non_null(strstr(man.out, escaped));
		for (size_t c = 0; c < COMMAND_NR; c++)
			assert_int_equal(!has_spelling(help[c].out, spelling),
					 !(s->commands & 1u << c));
	}
	for (size_t c = 0; c < COMMAND_NR; c++)
		done(&help[c]);
	done(&man);
	done(&completion);
}

static void help_fits_a_terminal(void **state)
{
	(void)state;
	for (size_t c = 0; c <= COMMAND_NR; c++) {
		struct parsed p;
		char line[50] = "--help";

		if (c < COMMAND_NR)
			snprintf(line, sizeof(line), "%s\t--help", command_name((enum command)c));
		parse(&p, line);
		for (char *s = p.out; *s; s += strcspn(s, "\n") + 1)
			assert_true(strcspn(s, "\n") < 80);
		assert_null(strstr(p.out, " \n"));
		done(&p);
	}
}

static void no_two_options_share_a_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_table_nr; i++)
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(option_table[i].name, option_table[k].name);
			assert_string_not_equal(option_table[i].spelling, option_table[k].spelling);
		}
}

static void check_pixels(const char *line, const char *wanted)
{
	struct option_value values[20];
	struct parsed p;
	char got[1000] = "";
	size_t n;

	accept(&p, line);
	n = options_that_change_pixels(&p.o, p.command, values, 20);
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(got);

		snprintf(got + length, sizeof(got) - length, "%s=%s;", values[i].key,
			 values[i].value);
	}
	assert_string_equal(got, wanted);
	for (size_t max = 0; max < n; max++)
		assert_int_equal(options_that_change_pixels(&p.o, p.command, values, max), max);
	done(&p);
}

static void options_that_change_pixels_are_told(void **state)
{
	char wide[400], line[500], hex[SHA256_HEX], wanted[200];

	(void)state;
	check_pixels("scene\tA\t-o\tD",
		     "method=balkhash;masks=auto;rayleigh=auto;glint=swir;offset=product;");
	check_pixels("change\tA\tB\t-o\tD",
		     "mmu=1;min-coverage=90;spacing=500;transect-length=2000;");
	check_pixels("mosaic\tA\t-o\tD\t--period\t2024-05-01/2024-11-01",
		     "rule=frequency;period=2024-05-01/2024-11-01;");
	check_pixels("scene\tA\t-o\tD\t-co\tA=B\t--threads\t3\t--memory\t2G\t--isa\tavx2\t--tile"
		     "\t128\t--json\t-v\t--overwrite",
		     "method=balkhash;masks=auto;rayleigh=auto;glint=swir;offset=product;");
	check_pixels(
		"scene\tA\t-o\tD\t--lake\t/home/x/lakes/aral.ini\t-tr\t30.0\t0.1\t-te\t-1.5\t0"
		"\t1e3\t0.30000000000000004\t-t_srs\tEPSG:32643\t--layers\twater\t--masks\tnone",
		"method=balkhash;masks=none;rayleigh=auto;glint=swir;offset=product;lake=aral.ini;tr=30 0.1;"
		"te=-1.5 0 1000 0.30000000000000004;t_srs=EPSG:32643;layers=water;");

	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = 0;
	snprintf(line, sizeof(line), "change\tA\tB\t-o\tD\t-t_srs\t%s", wide);
	memory_sha256(wide, strlen(wide), hex);
	snprintf(wanted, sizeof(wanted),
		 "mmu=1;min-coverage=90;spacing=500;transect-length=2000;t_srs=sha256:%s;", hex);
	check_pixels(line, wanted);
}

static void a_zeroed_set_may_be_released(void **state)
{
	struct options o = { 0 };

	(void)state;
	options_release(&o);
	options_init(&o);
	options_release(&o);
	options_release(&o);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_as_documented),
		cmocka_unit_test(every_option_is_read),
		cmocka_unit_test(spellings_are_those_of_gdal),
		cmocka_unit_test(paths_may_be_anything),
		cmocka_unit_test(sizes_have_units),
		cmocka_unit_test(numbers_are_checked),
		cmocka_unit_test(texts_are_checked),
		cmocka_unit_test(errors_name_what_was_meant),
		cmocka_unit_test(errors_say_what_is_missing),
		cmocka_unit_test(help_and_its_like_are_answered),
		cmocka_unit_test(one_table_gives_them_all),
		cmocka_unit_test(help_fits_a_terminal),
		cmocka_unit_test(no_two_options_share_a_spelling),
		cmocka_unit_test(options_that_change_pixels_are_told),
		cmocka_unit_test(a_zeroed_set_may_be_released),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
