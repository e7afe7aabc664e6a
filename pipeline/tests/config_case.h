/* SPDX-License-Identifier: Apache-2.0
 *
 * config_case.h - configurations for tests, read as a command would; after cmocka.h.
 */
#ifndef PIPELINE_TESTS_CONFIG_CASE_H
#define PIPELINE_TESTS_CONFIG_CASE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/config.h"

#define WORDS_MAX 40
#define SMALL	  "[inputs]\nproducts = in\n[output]\noutput = out\n"

/* A folder for one file, and what was read. */
struct folder {
	char path[300], file[400];
	struct options o; /* environment and command line */
	struct config c;
	struct error e;
};

static inline int make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct folder *f = calloc(1, sizeof(*f));

	snprintf(f->path, sizeof(f->path), "%.250s/test-config-XXXXXX", tmp ? tmp : "/tmp");
	*state = f;
	if (!mkdtemp(f->path))
		return -1;
	snprintf(f->file, sizeof(f->file), "%s/c.ini", f->path);
	return 0;
}

static inline int remove_folder(void **state)
{
	struct folder *f = *state;
	int ret;

	options_release(&f->o);
	config_release(&f->c);
	unlink(f->file);
	ret = rmdir(f->path);
	free(f);
	return ret;
}

static inline void write_text(const struct folder *f, const char *text, size_t size)
{
	FILE *out = fopen(f->file, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
}

/* Read the file as `balkhash WORDS` would, words parted by tabs, variables by |. */
static inline int read_file(struct folder *f, const char *words, const char *variables)
{
	char *copy = strdup(words), *rest = copy, *word;
	char *names = strdup(variables), *left = names;
	char *argv[WORDS_MAX] = { (char *)(uintptr_t) "balkhash" }, *env[WORDS_MAX] = { NULL };
	enum command command;
	int argc = 1, n = 0, ret;

	options_release(&f->o);
	config_release(&f->c);
	while ((word = strsep(&rest, "\t")))
		argv[argc++] = word;
	while ((word = strsep(&left, "|")))
		env[n++] = word;
	assert_true(argc < WORDS_MAX && n < WORDS_MAX);
	options_init(&f->o);
	f->e = (struct error){ 0 };
	ret = options_environment(&f->o, env, &f->e);
	if (!ret)
		ret = options_parse(&f->o, &command, argc, argv, stdout, &f->e);
	if (!ret)
		ret = config_read(&f->c, f->file, &f->o, &f->e);
	free(copy);
	free(names);
	return ret;
}

static inline void take(struct folder *f, const char *text, const char *words,
			const char *variables)
{
	write_text(f, text, strlen(text));
	if (read_file(f, words, variables))
		fail_msg("refused: %s\n%s", f->e.text, text);
}

static inline void equals_path(const struct folder *f, const char *got, const char *name)
{
	char wanted[500];

	snprintf(wanted, sizeof(wanted), "%s/%s", f->path, name);
	assert_non_null(got);
	assert_string_equal(got, wanted);
}

#define LONG100                                                                                    \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"                                       \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

#endif
