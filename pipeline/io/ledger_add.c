/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/ledger_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/lease.h"
#include "pipeline/base/utc.h"

int ledger_prepare(struct ledger *l, struct error *e)
{
	static const char *const names[] = { "attempts", "leases", "logs" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = ledger_path(l, names[i]);
		int ret = path ? folders_make(path, e) : error_nomem(e, "a path");

		free(path);
		if (ret)
			return -1;
	}
	return 0;
}

static int open_own(struct ledger *l, struct error *e)
{
	char owner[LEASE_OWNER], time_text[UTC_TEXT], name[LEASE_OWNER + UTC_TEXT + 40], *path;

	lease_owner(owner);
	utc_format(time(NULL), time_text);
	snprintf(name, sizeof(name), "attempts/%s-%s" LEDGER_ENDING, time_text, owner);
	for (char *s = name; *s; s++)
		if (*s == ':')
			*s = '-';
	path = ledger_path(l, name);
	if (!path)
		return error_nomem(e, "a path");
	l->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (l->fd < 0)
		error_create(e, errno, "cannot create %s", path);
	free(path);
	return l->fd < 0 ? -1 : 0;
}

/* One write, or nothing. */
static int append(const struct ledger *l, const char *line, size_t size, bool sync)
{
	struct stat before;
	ssize_t wrote;
	int errnum;

	if (fstat(l->fd, &before))
		return errno;
	wrote = write(l->fd, line, size);
	if (wrote == (ssize_t)size && (!sync || !fdatasync(l->fd)))
		return 0;
	errnum = wrote < 0 || wrote == (ssize_t)size ? errno : ENOSPC;
	if (wrote > 0)
		(void)!ftruncate(l->fd, before.st_size);
	return errnum;
}

static int write_event(struct ledger *l, const json_t *event, bool sync, struct error *e)
{
	char *text = json_dumps(event, JSON_COMPACT), *line = NULL;
	int n = text ? asprintf(&line, "%s\n", text) : -1, errnum;

	free(text);
	if (n < 0)
		return error_nomem(e, "an event");
	errnum = append(l, line, (size_t)n, sync);
	free(line);
	return errnum ? error_errno(e, errnum, "cannot write to %s/attempts", l->folder) : 0;
}

int ledger_add(struct ledger *l, json_t *event, bool sync, struct error *e)
{
	char text[UTC_TEXT];
	json_t *stamped;
	int ret = -1;

	utc_format(time(NULL), text);
	stamped = json_pack("{s:s}", "time", text);
	if (!event || !stamped || json_object_update(stamped, event))
		error_nomem(e, "an event");
	else if ((l->fd >= 0 || !open_own(l, e)) && !write_event(l, stamped, sync, e))
		ret = ledger_apply(l, stamped, false, e);
	json_decref(stamped);
	json_decref(event);
	return ret;
}
