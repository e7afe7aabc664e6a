/* SPDX-License-Identifier: Apache-2.0
 *
 * config_internal.h - what the files of config.h share.
 */
#ifndef PIPELINE_BASE_CONFIG_INTERNAL_H
#define PIPELINE_BASE_CONFIG_INTERNAL_H

#include <stdbool.h>

#include "pipeline/base/config.h"
#include "pipeline/base/ini.h"
#include "pipeline/base/options_table.h"

/* Sources of options, each above those before it. */
enum config_level {
	LEVEL_SHARED, /* of the file, for every command that takes the key */
	LEVEL_OWN,    /* of the file, for one command */
	LEVEL_ENVIRONMENT,
	LEVEL_COMMAND_LINE,
	LEVEL_NR
};

struct config_settings {
	struct config_setting *items;
	size_t nr;
};

/* A period or change that is being read, and where its parts stand; {0} before the first. */
struct config_times {
	struct config_period *period; /* of the section; NULL: it is none */
	struct config_change *change;
	int line; /* of the header */
	bool has_from, has_to;
	int *change_lines; /* of the periods of each change */
	struct config_settings settings;
};

/* "[period NAME]" or "[change NAME]" begins; 1 if the section is none of these. */
int config_times_begin(struct config *c, struct config_times *t, const struct ini_place *at,
		       const char *section, struct error *e);
/* A key in it. */
int config_times_key(struct config_times *t, const struct ini_place *at, const char *name,
		     const char *value, struct error *e);
/* The section, if it is one, is over. */
int config_times_end(struct config_times *t, const char *path, struct error *e);
/* The file is over: sort periods, check what changes name. */
int config_times_finish(struct config *c, struct config_times *t, struct error *e);
void config_times_release(struct config_times *t);

/* Add a line; section, value and origin are copied. */
int config_settings_add(struct config_settings *s, const char *section, const char *key,
			const char *value, const char *origin, struct error *e);
void config_settings_release(struct config_settings *s);

/* The folder of a path, absolute and with a slash behind it, allocated; "": the working folder.  NULL with errno. */
char *config_folder(const char *path);

/* The value with what is relative in it put below the folder, allocated; NULL without memory. */
char *config_resolve(const struct option_spec *s, const char *folder, const char *value);

/*
 * Add the lines of a section, "options scene" among them, by what the levels give; here is the
 * folder that paths which are not of the file belong to.
 */
int config_settings_section(struct config_settings *s, const struct config *c,
			    const struct given_list *const levels[LEVEL_NR], const char *section,
			    const char *here, struct error *e);

#endif
