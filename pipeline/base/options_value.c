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

static int add_word(struct options *o, const struct option_spec *s, const char *word,
		    struct error *e)
{
	struct option_list *list = member(o, s);
	const char *equals = strchr(word, '=');
	char **values;

	if (s->type == OPTION_PAIRS && (!equals || equals == word))
		return wrong(e, s, "NAME=VALUE", word);
	if (!word[0])
		return wrong(e, s, s->metavar, word);
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

/* What a word other than those that an option takes on the command line says: 1, 0, or -1 with e. */
static int read_flag(const struct option_spec *s, const char *word, struct error *e)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false", "true", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcasecmp(word, words[i]))
			return i % 2;
	return wrong(e, s, "yes or no", word);
}

static int set_flag(struct options *o, const struct option_spec *s, const char *word,
		    struct error *e)
{
	int value = word ? read_flag(s, word, e) : 1;

	if (value < 0)
		return -1;
	*(bool *)member(o, s) = value;
	return 0;
}

static int add_count(struct options *o, const struct option_spec *s, const char *word,
		     struct error *e)
{
	int *count = member(o, s);

	if (!word)
		++*count;
	else if (word[0] < '0' || word[0] > '9' || word[1])
		return wrong(e, s, "a number from 0 to 9", word);
	else
		*count = word[0] - '0';
	return 0;
}

void option_clear(struct options *o, const struct option_spec *s)
{
	struct option_list *list = member(o, s);

	if (s->type == OPTION_COUNT)
		*(int *)member(o, s) = 0;
	if (s->type != OPTION_LIST && s->type != OPTION_PAIRS)
		return;
	for (size_t i = 0; i < list->nr; i++)
		free(list->values[i]);
	free(list->values);
	*list = (struct option_list){ 0 };
}

bool option_same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && !strncasecmp(a, b, n);
}

void option_drop_pair(struct options *o, const struct option_spec *s, const char *word)
{
	struct option_list *list = member(o, s);
	size_t kept = 0;

	for (size_t i = 0; i < list->nr; i++) {
		if (option_same_name(list->values[i], word))
			free(list->values[i]);
		else
			list->values[kept++] = list->values[i];
	}
	list->nr = kept;
}

int option_set(struct options *o, const struct option_spec *s, const char *const *words,
	       struct error *e)
{
	switch (s->type) {
	case OPTION_FLAG:
		return set_flag(o, s, words[0], e);
	case OPTION_COUNT:
		return add_count(o, s, words[0], e);
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
	case OPTION_LIST:
		return add_word(o, s, words[0], e);
	case OPTION_ANSWER:
		break;
	}
	return error_set(e, ERROR_BUG, "%s fills nothing", s->spelling);
}

size_t option_words(enum option_type type)
{
	switch (type) {
	case OPTION_FLAG:
	case OPTION_COUNT:
	case OPTION_ANSWER:
		return 0;
	case OPTION_SIZES:
		return 2;
	case OPTION_EXTENT:
		return 4;
	default:
		return 1;
	}
}

const char *option_section(const struct option_spec *s)
{
	return s->section ? s->section : "options";
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
