/* SPDX-License-Identifier: Apache-2.0
 *
 * options_case.h - command lines for tests, and what becomes of them; after cmocka.h.
 */
#ifndef PIPELINE_TESTS_OPTIONS_CASE_H
#define PIPELINE_TESTS_OPTIONS_CASE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/options.h"

#define WORDS_MAX 60

/* One command line and what became of it. */
struct parsed {
	struct options o;
	enum command command;
	struct error e;
	int ret;
	char *out; /* what was printed */
	size_t out_size;
};

/* Words are separated by '\t', so that they may hold spaces. */
static inline void parse_with(struct parsed *p, const char *line, char *const *environment)
{
	char *copy = strdup(line), *rest = copy, *word;
	char *argv[WORDS_MAX] = { (char *)(uintptr_t) "balkhash" };
	int argc = 1;
	FILE *out;

	*p = (struct parsed){ .command = COMMAND_NR };
	out = open_memstream(&p->out, &p->out_size);
	assert_non_null(copy);
	assert_non_null(out);
	while (line[0] && (word = strsep(&rest, "\t"))) {
		assert_true(argc < WORDS_MAX);
		argv[argc++] = word;
	}
	options_init(&p->o);
	p->ret = options_environment(&p->o, environment, &p->e);
	if (!p->ret)
		p->ret = options_parse(&p->o, &p->command, argc, argv, out, &p->e);
	fclose(out);
	free(copy);
}

static inline void parse(struct parsed *p, const char *line)
{
	static char *const none[] = { NULL };

	parse_with(p, line, none);
}

static inline void done(struct parsed *p)
{
	options_release(&p->o);
	free(p->out);
}

static inline void accept(struct parsed *p, const char *line)
{
	parse(p, line);
	if (p->ret)
		fail_msg("'%s' is refused: %s", line, p->e.text);
	assert_string_equal(p->out, "");
}

/* The command line is a USAGE error whose one line holds words. */
static inline void refuse(const char *line, const char *words)
{
	struct parsed p;

	parse(&p, line);
	if (!p.ret)
		fail_msg("'%s' is accepted", line);
	assert_int_equal(p.e.code, ERROR_USAGE);
	if (!strstr(p.e.text, words) || strchr(p.e.text, '\n'))
		fail_msg("'%s' says: %s", line, p.e.text);
	assert_string_equal(p.out, "");
	done(&p);
}

#endif
