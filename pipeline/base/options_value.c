/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/options_table.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utc.h"

static void *member(struct options *o, const struct option_spec *s)
{
	return (char *)o + s->offset;
}

static const void *const_member(const struct options *o, const struct option_spec *s)
{
	return (const char *)o + s->offset;
}

static int wrong(struct error *e, const struct option_spec *s, const char *wants, const char *got)
{
	return error_set(e, ERROR_USAGE, "%s wants %s, not '%s'", s->spelling, wants, got);
}

static int set_text(struct options *o, const struct option_spec *s, const char *word,
		    struct error *e)
{
	char **text = member(o, s), *copy = strdup(word);

	if (!copy)
		return error_nomem(e, s->spelling);
	free(*text);
	*text = copy;
	return 0;
}

static int set_choice(struct options *o, const struct option_spec *s, const char *word,
		      struct error *e)
{
	size_t length = strlen(word);
	char wants[100];

	for (const char *c = s->choices; c && !strchr(word, '|'); c = strchr(c, '|')) {
		c += *c == '|';
		if (length && !strncmp(c, word, length) && (c[length] == '|' || !c[length]))
			return set_text(o, s, word, e);
	}
	snprintf(wants, sizeof(wants), "one of %s", s->choices);
	return wrong(e, s, wants, word);
}

static int set_period(struct options *o, const struct option_spec *s, const char *word,
		      struct error *e)
{
	const char *slash = strchr(word, '/');
	char from[UTC_TEXT] = "";
	int64_t a, b;

	if (slash && slash - word < UTC_TEXT)
		memcpy(from, word, (size_t)(slash - word));
	if (!slash || utc_parse(from, &a) || utc_parse(slash + 1, &b))
		return wrong(e, s, "FROM/TO as in 2024-05-01/2024-11-01", word);
	if (a >= b)
		return wrong(e, s, "a FROM that is earlier than TO", word);
	return set_text(o, s, word, e);
}

static int set_integer(struct options *o, const struct option_spec *s, const char *word,
		       struct error *e)
{
	char *end, wants[100];
	long value = strtol(word, &end, 10);

	if (word[0] >= '0' && word[0] <= '9' && !*end && value >= s->min && value <= s->max &&
	    value % s->step == 0) {
		*(int *)member(o, s) = (int)value;
		return 0;
	}
	if (s->step > 1)
		snprintf(wants, sizeof(wants), "a multiple of %d from %d to %d", s->step, s->min,
			 s->max);
	else
		snprintf(wants, sizeof(wants), "a whole number from %d to %d", s->min, s->max);
	return wrong(e, s, wants, word);
}

/* The power of two of a unit: "", K, M, G, alone or as in KB and KiB; -1: no unit. */
static int unit_shift(const char *unit)
{
	static const char letters[] = "KMG";
	const char *letter;

	if (!*unit)
		return 0;
	letter = strchr(letters, *unit >= 'a' ? *unit - 'a' + 'A' : *unit);
	unit++;
	if (!letter || (*unit && strcmp(unit, "B") && strcmp(unit, "iB")))
		return -1;
	return 10 * (int)(letter - letters + 1);
}

static int set_bytes(struct options *o, const struct option_spec *s, const char *word,
		     struct error *e)
{
	char *end;
	unsigned long long value = strtoull(word, &end, 10);
	int shift = unit_shift(end);

	/* strtoull() says ULLONG_MAX if it is too large: so does this. */
	if (word[0] < '0' || word[0] > '9' || shift < 0 || !value || value > SIZE_MAX >> shift ||
	    value == ~0ULL)
		return wrong(e, s, "a size such as 512M or 2G", word);
	*(size_t *)member(o, s) = (size_t)value << shift;
	return 0;
}

static int read_numbers(const struct option_spec *s, const char *const *words, size_t n,
			double *numbers, struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		char *end;

		numbers[i] = strtod(words[i], &end);
		if (end == words[i] || *end || !isfinite(numbers[i]))
			return wrong(e, s, n == 2 ? "two numbers" : "four numbers", words[i]);
	}
	return 0;
}

static int set_sizes(struct options *o, const struct option_spec *s, const char *const *words,
		     struct error *e)
{
	double *tr = member(o, s), v[2] = { 0 };

	if (read_numbers(s, words, 2, v, e))
		return -1;
	if (!(v[0] > 0 && v[1] > 0))
		return wrong(e, s, "two sizes above 0", words[v[0] > 0]);
	memcpy(tr, v, sizeof(v));
	return 0;
}

static int set_extent(struct options *o, const struct option_spec *s, const char *const *words,
		      struct error *e)
{
	double *te = member(o, s), v[4] = { 0 };

	if (read_numbers(s, words, 4, v, e))
		return -1;
	if (!(v[0] < v[2] && v[1] < v[3]))
		return error_set(e, ERROR_USAGE,
				 "%s wants XMIN YMIN XMAX YMAX, each MIN below its MAX, not "
				 "'%s %s %s %s'",
				 s->spelling, words[0], words[1], words[2], words[3]);
	memcpy(te, v, sizeof(v));
	return 0;
}

static int add_pair(struct options *o, const struct option_spec *s, const char *word,
		    struct error *e)
{
	struct option_list *list = member(o, s);
	const char *equals = strchr(word, '=');
	char **values;

	if (!equals || equals == word)
		return wrong(e, s, "NAME=VALUE", word);
	values = realloc(list->values, (list->nr + 1) * sizeof(*values));
	if (!values)
		return error_nomem(e, s->spelling);
	list->values = values;
	values[list->nr] = strdup(word);
	if (!values[list->nr])
		return error_nomem(e, s->spelling);
	list->nr++;
	return 0;
}

int option_set(struct options *o, const struct option_spec *s, const char *const *words,
	       struct error *e)
{
	switch (s->type) {
	case OPTION_FLAG:
		*(bool *)member(o, s) = true;
		return 0;
	case OPTION_COUNT:
		++*(int *)member(o, s);
		return 0;
	case OPTION_TEXT:
		return words[0][0] ? set_text(o, s, words[0], e) : wrong(e, s, s->metavar, "");
	case OPTION_CHOICE:
		return set_choice(o, s, words[0], e);
	case OPTION_PERIOD:
		return set_period(o, s, words[0], e);
	case OPTION_INTEGER:
		return set_integer(o, s, words[0], e);
	case OPTION_BYTES:
		return set_bytes(o, s, words[0], e);
	case OPTION_SIZES:
		return set_sizes(o, s, words, e);
	case OPTION_EXTENT:
		return set_extent(o, s, words, e);
	case OPTION_PAIRS:
		return add_pair(o, s, words[0], e);
	case OPTION_ANSWER:
		break;
	}
	return error_set(e, ERROR_BUG, "%s fills nothing", s->spelling);
}

/* The shortest of %.15g and %.17g that reads back the same. */
static void format_numbers(const double *numbers, size_t n, char *text, size_t size)
{
	size_t used = 0;

	text[0] = 0;
	for (size_t i = 0; i < n; i++) {
		char number[40];

		snprintf(number, sizeof(number), "%.15g", numbers[i]);
		if (strtod(number, NULL) != numbers[i])
			snprintf(number, sizeof(number), "%.17g", numbers[i]);
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "", number);
	}
}

bool option_format(const struct options *o, const struct option_spec *s, struct option_value *out)
{
	const double *numbers = const_member(o, s);
	const size_t size = sizeof(out->value);
	const char *text;
	char hex[SHA256_HEX];

	out->key = s->name;
	if (s->type == OPTION_SIZES || s->type == OPTION_EXTENT) {
		size_t n = option_words(s->type);
		bool any = false;

		for (size_t i = 0; i < n; i++)
			any |= numbers[i] != 0;
		format_numbers(numbers, n, out->value, size);
		return any;
	}
	if (s->type == OPTION_INTEGER) {
		int number = *(const int *)const_member(o, s);

		snprintf(out->value, size, "%d", number);
		return number != 0;
	}
	text = *(char *const *)const_member(o, s);
	if (!text)
		return false;
	if (s->offset == offsetof(struct options, lake))
		text = path_name(text);
	if (strlen(text) < size) {
		snprintf(out->value, size, "%s", text);
	} else {
		memory_sha256(text, strlen(text), hex);
		snprintf(out->value, size, "sha256:%s", hex);
	}
	return true;
}
