/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/utc.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

void utc_format(int64_t time, char text[UTC_TEXT])
{
	time_t t = (time_t)time;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || tm.tm_year < 1 - 1900 || tm.tm_year > 9999 - 1900) {
		memcpy(text, "0000-00-00T00:00:00Z", UTC_TEXT);
		return;
	}
	strftime(text, UTC_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
	/* strftime does not pad years below 1000. */
	if (tm.tm_year < 1000 - 1900) {
		text[0] = '0';
		text[1] = (char)('0' + (tm.tm_year + 1900) / 100);
		text[2] = (char)('0' + (tm.tm_year + 1900) / 10 % 10);
		text[3] = (char)('0' + (tm.tm_year + 1900) % 10);
		strftime(text + 4, UTC_TEXT - 4, "-%m-%dT%H:%M:%SZ", &tm);
	}
}

/* Does text look like the pattern, where 0 stands for any digit? */
static bool looks_like(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	return !*text;
}

static int number(const char *digits, int n)
{
	int v = 0;

	while (n--)
		v = v * 10 + *digits++ - '0';
	return v;
}

int utc_parse(const char *text, int64_t *time)
{
	bool whole = looks_like(text, "0000-00-00T00:00:00Z");
	char again[UTC_TEXT];
	struct tm tm = { 0 };
	int64_t t;

	if (!whole && !looks_like(text, "0000-00-00"))
		return -1;
	tm.tm_year = number(text, 4) - 1900;
	tm.tm_mon = number(text + 5, 2) - 1;
	tm.tm_mday = number(text + 8, 2);
	if (whole) {
		tm.tm_hour = number(text + 11, 2);
		tm.tm_min = number(text + 14, 2);
		tm.tm_sec = number(text + 17, 2);
	}
	/* timegm() takes 30 February for 1 March: what is not the same again was no time. */
	t = (int64_t)timegm(&tm);
	utc_format(t, again);
	if (strncmp(again, text, strlen(text)) != 0 || number(text, 4) == 0)
		return -1;
	*time = t;
	return 0;
}

/* Of 1 January, 00:00. */
static int64_t start_of_year(int tm_year)
{
	struct tm tm = { .tm_year = tm_year, .tm_mday = 1 };

	return (int64_t)timegm(&tm);
}

double utc_decimal_year(int64_t time)
{
	time_t t = (time_t)time;
	int64_t start, end;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || tm.tm_year < 1 - 1900 || tm.tm_year > 9999 - 1900)
		return NAN;
	start = start_of_year(tm.tm_year);
	end = start_of_year(tm.tm_year + 1);
	return tm.tm_year + 1900 + (double)(time - start) / (double)(end - start);
}
