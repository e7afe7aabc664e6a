/* SPDX-License-Identifier: Apache-2.0
 *
 * config.h - the configuration of run, status and slurm: an INI file whose keys are the option
 * table's, and what stands above it: built-in < file < environment < command line.
 *
 * Sections: [lake] [inputs] [period NAME] [change NAME] [options] [options scene|mosaic|change]
 * [output] [slurm].  Paths in the file are relative to its folder, and become absolute;
 * a lake is a path if it holds a dot or a slash.  Of one key a higher source replaces the value of a lower one; of
 * NAME=VALUE (-co, --set) only those of the same NAME.  [options COMMAND] stands above [options].
 * Read once, constant from then on.
 */
#ifndef PIPELINE_BASE_CONFIG_H
#define PIPELINE_BASE_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/base/error.h"
#include "pipeline/base/options.h"

/* A time that a mosaic is made of. */
struct config_period {
	char *name;	  /* fit for a folder: ASCII letters, digits, '.', '-' and '_', up to 63 */
	int64_t from, to; /* UTC [s since 1970]; from < to, to excluded */
};

/* A change map of two periods or more. */
struct config_change {
	char *name;	/* as a period's */
	char **periods; /* names of periods, in the order of the file */
	size_t periods_nr;
};

/* A line of --dump-config. */
struct config_setting {
	char *section; /* "inputs", "period 2024", "options scene" ... */
	const char *key;
	char *value;
	char *origin; /* "built in", "FILE:12", "BALKHASH_THREADS", "command line" */
	bool shown; /* false: a comment only, for the file could not say it (a password, many letters) */
};

struct config {
	char *path; /* of the file */
	/*
	 * RUN, STATUS, SLURM: their own and the shared ones; output is theirs alone.  SCENE,
	 * MOSAIC, CHANGE: as if typed, without output and period, which follow from the plan.
	 * The others are zero.
	 */
	struct options options[COMMAND_NR];
	struct config_period *periods; /* in the order of from, then name */
	size_t periods_nr;
	struct config_change *changes; /* in the order of the file */
	size_t changes_nr;
	struct config_setting *settings; /* in the order of config_dump() */
	size_t settings_nr;
};

/*
 * Read the file.  command_line: what options_environment() and options_parse() have filled for run, status
 * or slurm; its own members (plan, unit ...) are in *out too.  CONFIG with "FILE:LINE: " for what is wrong
 * in it, CONFIG for the environment, USAGE for the command line, NOINPUT and others if it cannot be read.
 * On failure nothing is to be released.
 */
int config_read(struct config *out, const char *path, const struct options *command_line,
		struct error *e);

void config_release(struct config *c);

/*
 * Print it as a file that config_read() takes, with the same values; the origin of each is a comment behind
 * or, where the line would be too long, above it.  What such a file cannot say is a comment
 * as a whole.  Passwords are not shown.  IO if it cannot be written.
 */
int config_dump(const struct config *c, FILE *out, struct error *e);

#endif
