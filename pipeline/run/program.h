/* SPDX-License-Identifier: Apache-2.0
 *
 * program.h - ask another program of the system.
 */
#ifndef PIPELINE_RUN_PROGRAM_H
#define PIPELINE_RUN_PROGRAM_H

#include <stddef.h>

#include "pipeline/base/error.h"

/*
 * Run argv[0], found in PATH, with these words (NULL ends them) and no shell, and wait for its end.  The first line that it
 * prints goes to line, without its end, cut to size; what it says on stderr goes to ours.  UNAVAILABLE: it is not there, or
 * ends with another status than 0.  IO.
 */
int program_ask(const char *const *argv, char *line, size_t size, struct error *e);

#endif
