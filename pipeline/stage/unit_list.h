/* SPDX-License-Identifier: Apache-2.0
 *
 * unit_list.h - which units of a plan are wanted: --unit, --stages.
 */
#ifndef PIPELINE_STAGE_UNIT_LIST_H
#define PIPELINE_STAGE_UNIT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"

/* By commas: numbers "N" and "N-M" of `run --plan`, from 0, or ids and beginnings of them, eight digits or more.  Zero is all. */
struct unit_list {
	char *text; /* words, each ended by a 0 */
	size_t words;
};

/* USAGE.  NULL: all. */
int unit_list_read(struct unit_list *l, const char *text, struct error *e);
void unit_list_release(struct unit_list *l);

bool unit_list_has(const struct unit_list *l, size_t number, const char *id);

/* USAGE where a list by commas has a word that is no stage: scene, mosaic, change. */
int unit_list_check_stages(const char *list, struct error *e);

/* Is the word among those of a list by commas?  NULL holds all. */
bool unit_list_names(const char *list, const char *word);

#endif
