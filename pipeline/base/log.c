/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/log.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/utc.h"
#include "pipeline/base/utf8.h"

#define LINE_BYTES 4096 /* PIPE_BUF: what one write() puts into a pipe in one piece */
#define TEXT_BYTES 2048 /* of an event before it is escaped */
#define NAME_BYTES 256	/* of a unit or stage as JSON */
#define NUMBERS	   16	/* in one line */

static const struct {
	const char *prefix, *word, *priority; /* syslog(3) has the priorities */
} levels[] = {
	[LOG_ERROR] = { "balkhash: ", "error", "<3>" },
	[LOG_WARNING] = { "balkhash: warning: ", "warning", "<4>" },
	[LOG_INFO] = { "balkhash: ", "info", "<6>" },
	[LOG_DEBUG] = { "balkhash: debug: ", "debug", "<7>" },
};

const char *log_code_word(enum log_code code)
{
#define LOG_CODE_WORD(name, word, meaning) word,
	static const char *const words[] = { LOG_CODES(LOG_CODE_WORD) };
#undef LOG_CODE_WORD

	return words[code];
}

/* Is the stream what is named, "DEVICE:INODE"?  A child may have another stderr than its parent. */
static bool is_stream(FILE *stream, const char *named)
{
	struct stat st;
	char is[50];

	if (fstat(fileno(stream), &st))
		return false;
	snprintf(is, sizeof(is), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	return !strcmp(named, is);
}

void log_setup(struct log *log, FILE *stream, const char *journal_stream)
{
	*log = (struct log){ .stream = stream,
			     .level = LOG_INFO,
			     .terminal = isatty(fileno(stream)) == 1,
			     .journal = journal_stream && is_stream(stream, journal_stream) };
}

/* A line that is being put together. */
struct line {
	char text[LINE_BYTES];
	size_t n;
};

static size_t room(const struct line *l, size_t limit)
{
	return l->n < limit ? limit - l->n : 0;
}

/* Append what fits below the limit; the fixed parts of a line always do. */
static void put(struct line *l, size_t limit, const char *s, size_t size)
{
	if (size > room(l, limit))
		size = room(l, limit);
	memcpy(l->text + l->n, s, size);
	l->n += size;
}

static void put_text(struct line *l, const char *s)
{
	put(l, LINE_BYTES, s, strlen(s));
}

/* --- text --- */

/*
 * The journal shows a message that is no UTF-8 as a number of bytes only.  Elsewhere a file's name
 * in another encoding is best left as it is.
 */
static void put_plain(struct line *l, const char *s, bool utf8_only)
{
	while (*s) {
		const char *at = s;
		uint32_t character = utf8_next(&s);
		bool broken = utf8_only && character == UTF8_UNKNOWN && s - at == 1;
		bool control = (unsigned char)*at < 0x20 || *at == 0x7f;

		put(l, LINE_BYTES - 1, broken || control ? "?" : at, (size_t)(s - at));
	}
}

static void text_line(struct line *l, const struct log *log, enum log_level level, const char *text)
{
	if (log->journal)
		put_text(l, levels[level].priority);
	put_text(l, levels[level].prefix);
	put_plain(l, text, log->journal);
}

/* --- JSON --- */

/* A string without its quotes, cut before the first character that does not fit below the limit. */
static void put_escaped(struct line *l, size_t limit, const char *s)
{
	while (*s) {
		const char *at = s;
		uint32_t character = utf8_next(&s);
		char piece[8];

		if (character == '"' || character == '\\')
			snprintf(piece, sizeof(piece), "\\%c", (int)character);
		else if (character < 0x20 || character == 0x7f || character == UTF8_UNKNOWN)
			snprintf(piece, sizeof(piece), "\\u%04x", (unsigned)character & 0xffff);
		else
			snprintf(piece, sizeof(piece), "%.*s", (int)(s - at), at);
		if (strlen(piece) > room(l, limit))
			return;
		put(l, limit, piece, strlen(piece));
	}
}

static void put_member(struct line *l, const char *name, const char *value)
{
	if (!value)
		return;
	put_text(l, ",\"");
	put_text(l, name);
	put_text(l, "\":\"");
	put_escaped(l, l->n + NAME_BYTES, value);
	put_text(l, "\"");
}

static void put_time(struct line *l)
{
	struct timespec now = { 0 };
	char utc[UTC_TEXT], text[50];

	clock_gettime(CLOCK_REALTIME, &now);
	utc_format(now.tv_sec, utc);
	utc[strlen(utc) - 1] = 0; /* its Z */
	snprintf(text, sizeof(text), "{\"ts\":\"%s.%03dZ\"", utc, (int)(now.tv_nsec / 1000000));
	put_text(l, text);
}

static void json_line(struct line *l, const struct log *log, enum log_level level,
		      enum log_code code, const struct log_number *numbers, size_t nr,
		      const char *text)
{
	char number[100];

	put_time(l);
	put_member(l, "level", levels[level].word);
	put_member(l, "code", log_code_word(code));
	put_member(l, "unit", log->unit);
	put_member(l, "stage", log->stage);
	for (size_t i = 0; i < nr && i < NUMBERS; i++) {
		snprintf(number, sizeof(number), ",\"%.40s\":%lld", numbers[i].name,
			 (long long)numbers[i].value);
		put_text(l, number);
	}
	put_text(l, ",\"msg\":\"");
	put_escaped(l, LINE_BYTES - 3, text);
	put_text(l, "\"}");
}

/* --- saying it --- */

static void say(const struct log *log, enum log_level level, enum log_code code,
		const struct log_number *numbers, size_t nr, const char *fmt, va_list ap)
	__attribute__((format(printf, 6, 0)));

static void say(const struct log *log, enum log_level level, enum log_code code,
		const struct log_number *numbers, size_t nr, const char *fmt, va_list ap)
{
	char text[TEXT_BYTES];
	struct line line;

	if (level > log->level)
		return;
	line.n = 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	if (log->format == LOG_JSON)
		json_line(&line, log, level, code, numbers, nr, text);
	else
		text_line(&line, log, level, text);
	line.text[line.n++] = '\n';
	/* One call: lines of several threads or processes do not mix. */
	fwrite(line.text, 1, line.n, log->stream);
}

void log_say(const struct log *log, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(log, level, CODE_MESSAGE, NULL, 0, fmt, ap);
	va_end(ap);
}

void log_event(const struct log *log, enum log_level level, enum log_code code, const char *fmt,
	       ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(log, level, code, NULL, 0, fmt, ap);
	va_end(ap);
}

void log_numbers(const struct log *log, enum log_level level, enum log_code code,
		 const struct log_number *numbers, size_t nr, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(log, level, code, numbers, nr, fmt, ap);
	va_end(ap);
}

void log_failure(const struct log *log, enum log_code code, const char *what, const struct error *e)
{
	const struct log_number status = { "status", e->code };

	log_numbers(log, LOG_ERROR, code, &status, 1, "%s%s%s", what ? what : "", what ? ": " : "",
		    e->text);
}
