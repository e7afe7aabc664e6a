/* SPDX-License-Identifier: Apache-2.0
 *
 * json.h - a JSON file written from top to bottom, indented.
 *
 * Every function takes the member's name, or NULL inside an array.
 */
#ifndef TESTDATA_JSON_H
#define TESTDATA_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "testdata/fail.h"

struct json {
	FILE *file;
	const char *path;
	int depth;
	bool first; /* the next member needs no comma */
};

int json_open(struct json *j, const char *path, struct failure *f);
int json_close(struct json *j, struct failure *f);

void json_object(struct json *j, const char *name);
void json_array(struct json *j, const char *name);
void json_end(struct json *j, char bracket);
void json_text(struct json *j, const char *name, const char *value);
void json_bool(struct json *j, const char *name, bool value);
void json_whole(struct json *j, const char *name, long long value);
void json_number(struct json *j, const char *name, double value);
void json_pair(struct json *j, const char *name, double a, double b);

#endif
