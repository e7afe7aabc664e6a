/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/utf8.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS	"0123456789"

#define LOCK_TRIES    40
#define LOCK_PAUSE_MS 50

/* --- labels --- */

/* Bytes of a name at the start of text. */
static size_t name_length(const char *text, const char *first)
{
	char others[100];

	if (!text[0] || !strchr(first, text[0]))
		return 0;
	snprintf(others, sizeof(others), "%s" DIGITS, first);
	return strspn(text, others);
}

/* The value as it stands between quotes; bytes that are no UTF-8 become U+FFFD. */
static void escape(FILE *out, const char *value, bool quotes)
{
	while (*value) {
		const char *at = value;
		uint32_t character = utf8_next(&value);

		if (character == '\n')
			fputs("\\n", out);
		else if (character == '\\' || (quotes && character == '"'))
			fprintf(out, "\\%c", (int)character);
		else if (character == UTF8_UNKNOWN)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(at, 1, (size_t)(value - at), out);
	}
}

int metric_label(char labels[METRIC_LABELS], const char *name, const char *value)
{
	size_t n = strlen(labels), size = 0;
	char *text = NULL;
	FILE *out;
	int ret = -1;

	if (!name[0] || name[name_length(name, LETTERS)])
		return -1;
	out = open_memstream(&text, &size);
	if (!out)
		return -1;
	fprintf(out, "%s%s=\"", n ? "," : "", name);
	escape(out, value, true);
	fputs("\"", out);
	if (!fclose(out) && n + size < METRIC_LABELS) {
		memcpy(labels + n, text, size + 1);
		ret = 0;
	}
	free(text);
	return ret;
}

/* Is it name="value" once or more, by commas, escaped? */
static bool are_labels(const char *s)
{
	do {
		size_t n = name_length(s, LETTERS);

		if (!n || strncmp(s + n, "=\"", 2))
			return false;
		for (s += n + 2; *s && *s != '"'; s++) {
			if (*s == '\n' || (*s == '\\' && (!s[1] || !strchr("\\\"n", s[1]))))
				return false;
			s += *s == '\\';
		}
		if (*s != '"')
			return false;
		s++;
	} while (*s == ',' && s++);
	return !*s;
}

static const char *labels_of(const struct metric *m)
{
	return m->labels ? m->labels : "";
}

/* --- the text --- */

static int check(const struct metric *metrics, size_t i, struct error *e)
{
	const struct metric *m = &metrics[i];

	if (!m->name[0] || m->name[name_length(m->name, LETTERS ":")])
		return error_set(e, ERROR_BUG, "'%s' is no name of a metric", m->name);
	if (labels_of(m)[0] && !are_labels(m->labels))
		return error_set(e, ERROR_BUG, "metric %s has malformed labels: %s", m->name,
				 m->labels);
	for (size_t k = 0; k < i; k++) {
		if (strcmp(metrics[k].name, m->name))
			continue;
		if (metrics[k].type != m->type || strcmp(metrics[k].help, m->help))
			return error_set(e, ERROR_BUG, "metric %s has two types or two helps",
					 m->name);
		if (!strcmp(labels_of(&metrics[k]), labels_of(m)))
			return error_set(e, ERROR_BUG, "metric %s{%s} is there twice", m->name,
					 labels_of(m));
	}
	return 0;
}

/* The shortest number that reads back as the same. */
static void write_value(FILE *out, double value)
{
	char text[40];

	if (isnan(value)) {
		fputs("NaN", out);
		return;
	}
	if (isinf(value)) {
		fputs(value < 0 ? "-Inf" : "+Inf", out);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (!(strtod(text, NULL) < value || strtod(text, NULL) > value))
			break;
	}
	fputs(text, out);
}

static bool is_first(const struct metric *metrics, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(metrics[k].name, metrics[i].name))
			return false;
	return true;
}

/* All of the name of metrics[first]. */
static void write_family(FILE *out, const struct metric *metrics, size_t first, size_t nr)
{
	const struct metric *m = &metrics[first];

	fprintf(out, "# HELP %s ", m->name);
	escape(out, m->help, false);
	fprintf(out, "\n# TYPE %s %s\n", m->name, m->type == METRIC_COUNTER ? "counter" : "gauge");
	for (size_t i = first; i < nr; i++) {
		const char *labels = labels_of(&metrics[i]);

		if (strcmp(metrics[i].name, m->name))
			continue;
		fputs(m->name, out);
		if (labels[0])
			fprintf(out, "{%s}", labels);
		fputs(" ", out);
		write_value(out, metrics[i].value);
		fputs("\n", out);
	}
}

static int write_text(char **text, size_t *size, const struct metric *metrics, size_t nr,
		      struct error *e)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		return error_nomem(e, "metrics");
	for (size_t i = 0; i < nr; i++)
		if (is_first(metrics, i))
			write_family(out, metrics, i, nr);
	return fclose(out) ? error_nomem(e, "metrics") : 0;
}

/* --- the file --- */

/* Folder and name of a file: "FOLDER/.NAME.new", allocated; its name does not end in .prom, so nobody reads it. */
static char *new_path(const char *path)
{
	const char *name = path_name(path);
	size_t size = strlen(path) + sizeof("..new");
	char *made = malloc(size);

	if (made)
		snprintf(made, size, "%.*s.%s.new", (int)(name - path), path, name);
	return made;
}

/* Writing takes milliseconds: who holds the lock for seconds was stopped, and is not waited for. */
static int lock(int fd, const char *path, struct error *e)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(e, errno, "cannot lock %s", path);
		nanosleep(&pause, NULL);
	}
	return error_set(e, ERROR_TEMPORARY, "cannot lock %s: another process keeps it", path);
}

/*
 * Open the new file and lock it.  Another writer may have renamed it between the two: then it is
 * the metrics file by now, and ours is made again.
 */
static int open_locked(const char *path, struct error *e)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
		struct stat mine, there;

		if (fd < 0)
			return error_create(e, errno, "cannot create %s", path);
		if (lock(fd, path, e)) {
			close(fd);
			return -1;
		}
		if (fstat(fd, &mine) || !S_ISREG(mine.st_mode)) {
			close(fd);
			return error_set(e, ERROR_CANTCREATE,
					 "cannot create %s: something else is there", path);
		}
		if (!stat(path, &there) && there.st_dev == mine.st_dev &&
		    there.st_ino == mine.st_ino)
			return fd;
		close(fd);
	}
}

/* What a killed writer left in it goes; a mask of the user's must not hide it from node_exporter. */
static int fill(int fd, const char *text, size_t size)
{
	if (ftruncate(fd, 0) || fchmod(fd, 0644))
		return -1;
	while (size) {
		ssize_t wrote = write(fd, text, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		text += wrote;
		size -= (size_t)wrote;
	}
	return fsync(fd);
}

static int replace(const char *path, const char *text, size_t size, struct error *e)
{
	char *new = new_path(path);
	int ret = -1, fd = -1;

	if (!new)
		return error_nomem(e, "metrics");
	fd = open_locked(new, e);
	if (fd < 0)
		goto out;
	if (fill(fd, text, size)) {
		error_errno(e, errno, "cannot write %s", new);
		unlink(new);
	} else if (rename(new, path)) {
		error_create(e, errno, "cannot replace %s", path);
		unlink(new);
	} else {
		ret = 0;
	}
	close(fd);
out:
	free(new);
	return ret;
}

int metrics_write(const char *path, const struct metric *metrics, size_t nr, struct error *e)
{
	char *text = NULL;
	size_t size = 0;
	int ret = 0;

	for (size_t i = 0; !ret && i < nr; i++)
		ret = check(metrics, i, e);
	if (!ret)
		ret = write_text(&text, &size, metrics, nr, e);
	if (!ret)
		ret = replace(path, text, size, e);
	free(text);
	return ret;
}
