/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/unit_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS_MIN 8
#define ID_DIGITS_MAX 64

static bool is_id(const char *word)
{
	size_t n = strlen(word);

	return n >= ID_DIGITS_MIN && n <= ID_DIGITS_MAX && strspn(word, "0123456789abcdef") == n;
}

/* "N" or "N-M" of up to seven digits: longer ones are ids. */
static bool is_range(const char *word, size_t *from, size_t *to)
{
	size_t n = strspn(word, "0123456789"), m;

	if (!n || n >= ID_DIGITS_MIN)
		return false;
	*from = *to = strtoul(word, NULL, 10);
	if (!word[n])
		return true;
	m = strspn(word + n + 1, "0123456789");
	*to = strtoul(word + n + 1, NULL, 10);
	return word[n] == '-' && m && m < ID_DIGITS_MIN && !word[n + 1 + m] && *from <= *to;
}

int unit_list_read(struct unit_list *l, const char *text, struct error *e)
{
	const char *word;
	size_t from, to;

	*l = (struct unit_list){ 0 };
	if (!text)
		return 0;
	l->text = strdup(text);
	if (!l->text)
		return error_nomem(e, "--unit");
	l->words = 1;
	for (char *s = l->text; *s; s++)
		if (*s == ',') {
			*s = 0;
			l->words++;
		}
	word = l->text;
	for (size_t i = 0; i < l->words; i++, word += strlen(word) + 1)
		if (!is_id(word) && !is_range(word, &from, &to)) {
			unit_list_release(l);
			return error_set(e, ERROR_USAGE,
					 "--unit wants numbers (N or N-M) or ids of run --plan, "
					 "separated by commas, not '%s'",
					 text);
		}
	return 0;
}

void unit_list_release(struct unit_list *l)
{
	free(l->text);
	*l = (struct unit_list){ 0 };
}

bool unit_list_has(const struct unit_list *l, size_t number, const char *id)
{
	const char *word = l->text;
	size_t from, to;

	for (size_t i = 0; i < l->words; i++, word += strlen(word) + 1)
		if (is_range(word, &from, &to) ? number >= from && number <= to
					       : !strncmp(word, id, strlen(word)))
			return true;
	return !l->words;
}

bool unit_list_names(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = list; s; s = strchr(s, ',')) {
		s += *s == ',';
		if (!strncmp(s, word, n) && (!s[n] || s[n] == ','))
			return true;
	}
	return !list;
}

int unit_list_check_stages(const char *list, struct error *e)
{
	static const char stages[] = "scene,mosaic,change";
	char word[16];

	for (const char *s = list; s; s = strchr(s, ',')) {
		s += *s == ',';
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(s, ","), s);
		if (!word[0] || !unit_list_names(stages, word))
			return error_set(e, ERROR_USAGE,
					 "--stages wants some of %s, separated by commas, not '%s'",
					 stages, list);
	}
	return 0;
}
