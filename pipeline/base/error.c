/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = *text == '\t' ? ' ' : '?';
}

int error_set(struct error *e, enum error_code code, const char *fmt, ...)
{
	va_list ap;

	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	error_one_line(e->text);
	return -1;
}

static enum error_code code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return ERROR_NOINPUT;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERROR_PERMISSION;
	case ENOMEM:
		return ERROR_BUG;
	default:
		return ERROR_IO;
	}
}

static enum error_code code_of_creation(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EEXIST:
	case ENOTEMPTY:
	case ENAMETOOLONG:
	case ELOOP:
	case EINVAL:
		return ERROR_CANTCREATE;
	default:
		return code_of_errno(errnum);
	}
}

int error_errno(struct error *e, int errnum, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return error_set(e, code_of_errno(errnum), "%s: %s", what, strerror(errnum));
}

int error_create(struct error *e, int errnum, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return error_set(e, code_of_creation(errnum), "%s: %s", what, strerror(errnum));
}

int error_prefix(struct error *e, const char *fmt, ...)
{
	char what[sizeof(e->text)], rest[sizeof(e->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	memcpy(rest, e->text, sizeof(rest));
	/* A text too long for the buffer loses its end, never its beginning. */
	size_t n = (size_t)snprintf(e->text, sizeof(e->text), "%.200s: ", what);
	size_t kept = strnlen(rest, sizeof(e->text) - n - 1);

	memcpy(e->text + n, rest, kept);
	e->text[n + kept] = 0;
	return -1;
}

int error_nomem(struct error *e, const char *what)
{
	return error_set(e, ERROR_BUG, "no memory for %s", what);
}
