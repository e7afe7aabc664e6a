/* SPDX-License-Identifier: Apache-2.0
 *
 * mtl_json.c - the JSON form of Landsat metadata.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "pipeline/io/mtl_internal.h"

/* A value as text; numbers in the fewest digits that read back the same. */
static int take_value(struct mtl *m, const char *group, const char *key, const json_t *value,
		      struct error *e)
{
	char text[40];

	if (json_is_string(value))
		return mtl_add(m, group, key, json_string_value(value), e);
	if (json_is_integer(value)) {
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
		return mtl_add(m, group, key, text, e);
	}
	if (json_is_real(value)) {
		for (int digits = 6; digits <= 17; digits++) {
			snprintf(text, sizeof(text), "%.*g", digits, json_real_value(value));
			if (strtod(text, NULL) == json_real_value(value))
				break;
		}
		return mtl_add(m, group, key, text, e);
	}
	if (json_is_null(value))
		return 0;
	return error_set(e, ERROR_DATA, "%.60s is no text or number", key);
}

/* All below a group; its depth is bounded, as is the recursion. */
static int take_group(struct mtl *m, const char *name, json_t *group, int depth, struct error *e)
{
	const char *key;
	json_t *value;
	int ret = 0;

	if (depth > MTL_DEPTH_MAX)
		return error_set(e, ERROR_DATA, "groups too deep");
	json_object_foreach(group, key, value)
	{
		if (json_is_object(value))
			ret = take_group(m, key, value, depth + 1, e);
		else if (!depth)
			ret = error_set(e, ERROR_DATA, "a key outside any group");
		else
			ret = take_value(m, name, key, value, e);
		if (ret)
			break;
	}
	return ret;
}

int mtl_parse_json(struct mtl **out, const char *text, size_t n, struct error *e)
{
	json_error_t where;
	json_t *root;
	struct mtl *m;
	int ret = -1;

	*out = NULL;
	if (mtl_check(text, n, e))
		return -1;
	root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &where);
	if (!root)
		return error_set(e, ERROR_DATA, "line %d: %.100s", where.line, where.text);
	m = mtl_new(e);
	if (m && !json_is_object(root))
		error_set(e, ERROR_DATA, "not a JSON object");
	else if (m)
		ret = take_group(m, "", root, 0, e);
	if (!ret)
		ret = mtl_finish(m, e);
	json_decref(root);
	return mtl_end(out, m, ret);
}
