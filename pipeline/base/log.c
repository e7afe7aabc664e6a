/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/log.h"

#include <stdarg.h>
#include <string.h>

static const char *const prefix[] = {
	[LOG_ERROR] = "balkhash: ",
	[LOG_WARNING] = "balkhash: warning: ",
	[LOG_INFO] = "balkhash: ",
	[LOG_DEBUG] = "balkhash: debug: ",
};

void log_say(const struct log *log, enum log_level level, const char *fmt, ...)
{
	char line[2048];
	size_t start = strlen(prefix[level]), n;
	va_list ap;

	if (level > log->level)
		return;
	memcpy(line, prefix[level], start);
	va_start(ap, fmt);
	vsnprintf(line + start, sizeof(line) - start - 1, fmt, ap);
	va_end(ap);
	n = strlen(line);
	for (char *s = line + start; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
	line[n] = '\n';
	/* One call: lines of several threads or processes do not mix. */
	fwrite(line, 1, n + 1, log->stream);
}

static bool shown(const struct progress *p)
{
	return p->log->level >= LOG_INFO;
}

/* Marks of GDAL's bar up to this fortieth: a number at every fourth, else a dot. */
static void show_dots(struct progress *p, int fortieth)
{
	char bar[160];
	size_t n = 0;

	for (; p->shown < fortieth; p->shown++) {
		int next = p->shown + 1;
		size_t room = sizeof(bar) - n;
		int wrote = next % 4 ? snprintf(bar + n, room, ".")
				     : snprintf(bar + n, room, "%d", next / 4 * 10);

		n += (size_t)wrote;
	}
	if (n && p->shown == 40)
		n += (size_t)snprintf(bar + n, sizeof(bar) - n, " - done.\n");
	fwrite(bar, 1, n, p->log->stream);
	fflush(p->log->stream);
}

void progress_start(struct progress *p, const struct log *log, const char *what, size_t total)
{
	*p = (struct progress){ .log = log, .what = what, .total = total };
	if (!shown(p) || !log->terminal)
		return;
	fprintf(log->stream, "%s: 0", what);
	fflush(log->stream);
}

void progress_step(struct progress *p, size_t done)
{
	double share = done < p->total ? (double)done / (double)p->total : 1.0;

	if (!shown(p))
		return;
	if (p->log->terminal) {
		show_dots(p, (int)(share * 40));
	} else if ((int)(share * 10) > p->shown) {
		p->shown = (int)(share * 10);
		log_say(p->log, LOG_INFO, "%s: %d %%", p->what, p->shown * 10);
	}
}
