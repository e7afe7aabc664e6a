/* SPDX-License-Identifier: Apache-2.0
 *
 * log_memory.h - a log that writes into memory, for tests of what is said.
 */
#ifndef PIPELINE_TESTS_LOG_MEMORY_H
#define PIPELINE_TESTS_LOG_MEMORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jansson.h>

#include "pipeline/base/log.h"

/* A log that writes into memory. */
struct memory_log {
	struct log log;
	char *text;
	size_t size;
};

static inline void log_open(struct memory_log *m, enum log_level level, bool terminal)
{
	m->log = (struct log){ .level = level, .terminal = terminal };
	m->log.stream = open_memstream(&m->text, &m->size);
	assert_non_null(m->log.stream);
}

/* What was said so far. */
static inline const char *said(struct memory_log *m)
{
	fflush(m->log.stream);
	return m->text;
}

static inline void log_close(struct memory_log *m)
{
	fclose(m->log.stream);
	free(m->text);
}

/* The only line that was said, as an object; to be released. */
static inline json_t *only_line(struct memory_log *m)
{
	json_error_t why;
	json_t *line;

	said(m);
	assert_in_range(m->size, 2, 4096);
	assert_ptr_equal(strchr(m->text, '\n'), m->text + m->size - 1);
	line = json_loads(m->text, JSON_REJECT_DUPLICATES, &why);
	assert_non_null(line);
	return line;
}

static inline const char *text_of(const json_t *line, const char *name)
{
	return json_string_value(json_object_get(line, name));
}

#endif
