/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/file.h"
#include "pipeline/base/file_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEPTH_MAX 8	      /* folders within folders of a result */
#define TRIES	  100	      /* of names taken, or at a target that others change */
#define COMMIT	  "item.json" /* makes a folder a result; written last */

/* What lies beside a target: .NAME.stage-HOST-PID-N and .NAME.old-HOST-PID-N in its parent. */
struct place {
	char *parent;
	const char *name; /* of the target */
	char host[40];
};

/* The folder that path is in; allocated. */
static char *parent_of(const char *path)
{
	size_t length = (size_t)(path_name(path) - path);

	return length ? strndup(path, length) : strdup(".");
}

/* Borrows target; the caller frees p->parent. */
static int place_of(struct place *p, const char *target, struct error *e)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) || !host[0])
		snprintf(host, sizeof(host), "localhost");
	snprintf(p->host, sizeof(p->host), "%.39s", host);
	/* No dot: is_old() counts on it. */
	for (char *s = p->host; *s; s++)
		if (*s == '/' || *s == '.' || (unsigned char)*s <= ' ')
			*s = '_';
	p->name = path_name(target);
	p->parent = parent_of(target);
	return p->parent ? 0 : error_nomem(e, target);
}

/* Path number i of this process for a stage ("stage") or a result put aside ("old"). */
static char *place_path(const struct place *p, const char *kind, long long i)
{
	char *name, *path;

	if (asprintf(&name, ".%s.%s-%s-%ld-%lld", p->name, kind, p->host, (long)getpid(), i) < 0)
		return NULL;
	path = path_join(p->parent, name);
	free(name);
	return path;
}

/* The part of a name in the parent after ".NAME.KIND-", or NULL. */
static const char *after_kind(const struct place *p, const char *entry, const char *kind)
{
	size_t name = strlen(p->name), length = strlen(kind);

	if (entry[0] != '.' || strncmp(entry + 1, p->name, name) || entry[1 + name] != '.')
		return NULL;
	entry += name + 2;
	return strncmp(entry, kind, length) || entry[length] != '-' ? NULL : entry + length + 1;
}

/* A stage of this target made on this host? */
static bool is_stage(const struct place *p, const char *entry)
{
	const char *rest = after_kind(p, entry, "stage");
	size_t host = strlen(p->host);
	long pid;
	long long i;
	int n = 0;

	if (!rest || strncmp(rest, p->host, host) || rest[host] != '-')
		return false;
	rest += host + 1;
	return sscanf(rest, "%ld-%lld%n", &pid, &i, &n) == 2 && !rest[n];
}

/* A result of this target put aside, by whichever host?  A stage of "NAME.old-X" has a dot. */
static bool is_old(const struct place *p, const char *entry)
{
	const char *rest = after_kind(p, entry, "old");

	return rest && !strchr(rest, '.');
}

/* mkdir -p, each new folder synced into its parent; -1 with errno. */
static int make_folders(const char *path)
{
	char *parent;
	struct stat st;
	int ret = -1;

	if (!stat(path, &st)) {
		errno = ENOTDIR;
		return S_ISDIR(st.st_mode) ? 0 : -1;
	}
	parent = parent_of(path);
	/* "." and "/" are their own parents. */
	if (parent && strcmp(parent, path) && !make_folders(parent) &&
	    (!mkdir(path, 0777) || errno == EEXIST))
		ret = tree_sync_folder(parent);
	free(parent);
	return ret;
}

int folders_make(const char *path, struct error *e)
{
	return make_folders(path) ? error_create(e, errno, "cannot create %s", path) : 0;
}

/*
 * Lock the folder at path: its descriptor, or -1 with errno, EWOULDBLOCK if it is locked or gone.
 * *locked: not every file system can.
 */
static int lock_folder(const char *path, bool *locked)
{
	int fd = tree_open(AT_FDCWD, path);
	struct stat a, b;

	if (fd < 0) {
		errno = errno == ENOENT ? EWOULDBLOCK : errno;
		return -1;
	}
	*locked = !flock(fd, LOCK_EX | LOCK_NB);
	/* Between open and lock another process may have removed or published it. */
	if ((*locked || errno != EWOULDBLOCK) && !fstat(fd, &a) && !lstat(path, &b) &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return fd;
	close(fd);
	errno = EWOULDBLOCK;
	return -1;
}

static void sweep_stage(const char *path)
{
	bool locked;
	int fd = lock_folder(path, &locked);

	if (fd < 0)
		return;
	if (locked)
		tree_remove(AT_FDCWD, path, DEPTH_MAX);
	close(fd);
}

/*
 * A number that this process never had before: a sweep goes by a name, and what
 * it removes must not be a new stage that took the name of an old one.
 */
static long long fresh_number(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

/*
 * Remove what was put aside.  It gets the name of a stage first: what others still see aside they
 * may put back at the target, and that must be whole.
 */
static void discard(const struct place *p, const char *aside)
{
	char *path = place_path(p, "stage", fresh_number());

	if (path && !rename(aside, path))
		tree_remove(AT_FDCWD, path, DEPTH_MAX);
	free(path);
}

static void sweep_old(const struct place *p, const char *path, const char *target)
{
	struct stat st;

	if (lstat(target, &st) && errno == ENOENT && !rename(path, target))
		return;
	if (!lstat(target, &st))
		discard(p, path);
}

/* Put right what killed processes left beside the target.  What cannot be removed stays. */
static void sweep(const struct place *p, const char *target)
{
	DIR *dir = opendir(p->parent);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		bool old = is_old(p, entry->d_name);
		char *path = NULL;

		if (old || is_stage(p, entry->d_name))
			path = path_join(p->parent, entry->d_name);
		if (path && old)
			sweep_old(p, path, target);
		else if (path)
			sweep_stage(path);
		free(path);
	}
	closedir(dir);
}

static void sweep_target(const char *target)
{
	struct place p = { 0 };
	struct error ignored;

	if (!place_of(&p, target, &ignored))
		sweep(&p, target);
	free(p.parent);
}

void stage_sweep(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		const char *stage = strstr(entry->d_name, ".stage-");
		const char *kind = stage ? stage : strstr(entry->d_name, ".old-");
		char *target = NULL;

		/* sweep() checks the rest of the name. */
		if (entry->d_name[0] != '.' || !kind || kind == entry->d_name ||
		    asprintf(&target, "%s/%.*s", folder, (int)(kind - entry->d_name - 1),
			     entry->d_name + 1) < 0)
			continue;
		sweep_target(target);
		free(target);
	}
	closedir(dir);
}

static int make_stage(struct stage *s, const struct place *p, struct error *e)
{
	int errnum = EEXIST;

	for (int i = 0; i < TRIES && (errnum == EEXIST || errnum == EWOULDBLOCK); i++) {
		bool locked;

		free(s->path);
		s->path = place_path(p, "stage", fresh_number());
		if (!s->path)
			return error_nomem(e, s->target);
		if (mkdir(s->path, 0777)) {
			errnum = errno;
			continue;
		}
		s->fd = lock_folder(s->path, &locked);
		if (s->fd >= 0)
			return 0;
		/* EWOULDBLOCK: a sweep saw it before it was locked, and removes it. */
		errnum = errno;
		rmdir(s->path);
	}
	free(s->path);
	s->path = NULL;
	return error_create(e, errnum, "cannot create %s", s->target);
}

/* The target without trailing slashes; a link to a folder is followed, to keep the link. */
static char *target_of(const char *target)
{
	char *copy = strdup(target);
	struct stat st;

	if (!copy)
		return NULL;
	for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = 0;
	if (!lstat(copy, &st) && S_ISLNK(st.st_mode) && !stat(copy, &st)) {
		char *real = realpath(copy, NULL);

		free(copy);
		copy = real;
	}
	return copy;
}

int stage_open(struct stage *s, const char *target, struct error *e)
{
	struct place p = { 0 };
	int ret = -1;

	*s = (struct stage){ .target = target_of(target), .fd = -1 };
	if (!s->target)
		return error_nomem(e, target);
	if (!path_name(s->target)[0] || tree_is_dot(path_name(s->target)) ||
	    !strcmp(s->target, "/")) {
		error_set(e, ERROR_CANTCREATE, "cannot create '%s': name a folder of its own",
			  target);
		goto out;
	}
	if (place_of(&p, s->target, e))
		goto out;
	if (make_folders(p.parent)) {
		error_create(e, errno, "cannot create %s", s->target);
		goto out;
	}
	sweep(&p, s->target);
	ret = make_stage(s, &p, e);
out:
	free(p.parent);
	if (ret)
		stage_release(s);
	return ret;
}

/*
 * 1: a folder with the file that makes it a result; 0: something else; -1: nothing (any more), or
 * another folder than a moment before: one without that file may be an old result that is being removed.
 */
static int result_at(const char *path)
{
	int found, fd = tree_open(AT_FDCWD, path);
	struct stat st, now;

	if (fd < 0)
		return errno == ENOENT ? -1 : 0;
	found = !fstatat(fd, COMMIT, &st, AT_SYMLINK_NOFOLLOW);
	if (!found && !fstat(fd, &st) &&
	    (lstat(path, &now) || now.st_dev != st.st_dev || now.st_ino != st.st_ino))
		found = -1;
	close(fd);
	return found;
}

/* Put the target aside, for file systems that cannot exchange; -1 with errno. */
static int put_aside(const struct place *p, const char *target, char **aside)
{
	int ret = -1;

	errno = EEXIST;
	for (int i = 0; ret && i < TRIES && (errno == EEXIST || errno == ENOTEMPTY); i++) {
		free(*aside);
		*aside = place_path(p, "old", fresh_number());
		if (!*aside)
			return -1;
		ret = rename(target, *aside);
	}
	return ret;
}

/*
 * One try to replace the result at the target: 0 done, 1 the target changed
 * meanwhile, -1 with errno.  A kill between the two renames is put right by sweep().
 */
static int replace_once(struct stage *s, const struct place *p)
{
	char *aside = NULL;
	int errnum, ret = 1;

	if (!renameat2(AT_FDCWD, s->path, AT_FDCWD, s->target, RENAME_EXCHANGE)) {
		tree_remove(AT_FDCWD, s->path, DEPTH_MAX);
		return 0;
	}
	if (errno == ENOENT)
		return 1;
	if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
		return -1;
	if (put_aside(p, s->target, &aside)) {
		ret = errno == ENOENT ? 1 : -1;
	} else if (!rename(s->path, s->target)) {
		discard(p, aside);
		ret = 0;
	} else {
		errnum = errno;
		rename(aside, s->target);
		errno = errnum;
		ret = errno == ENOTEMPTY || errno == EEXIST ? 1 : -1;
	}
	errnum = errno;
	free(aside);
	errno = errnum;
	return ret;
}

static int move_in(struct stage *s, const struct place *p, bool replace, struct error *e)
{
	for (int i = 0; i < TRIES; i++) {
		int ret, there;

		/* Takes a free name or an empty folder, and nothing else. */
		if (!rename(s->path, s->target))
			return 0;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			return error_create(e, errno, "cannot create %s", s->target);
		there = result_at(s->target);
		if (there < 0)
			continue;
		if (!there)
			return error_set(e, ERROR_CANTCREATE,
					 "cannot create %s: something else is there, no result: "
					 "move it away or name another folder",
					 s->target);
		if (!replace)
			return error_set(e, ERROR_CANTCREATE,
					 "cannot create %s: it exists; --overwrite replaces it",
					 s->target);
		ret = replace_once(s, p);
		if (ret <= 0)
			return ret ? error_create(e, errno, "cannot replace %s", s->target) : 0;
	}
	return error_set(e, ERROR_TEMPORARY,
			 "cannot replace %s: others keep changing it; try later", s->target);
}

int stage_publish(struct stage *s, bool replace, struct error *e)
{
	struct place p = { 0 };
	int ret = -1;

	if (place_of(&p, s->target, e))
		return -1;
	if (tree_sync(s->fd, DEPTH_MAX)) {
		error_errno(e, errno, "cannot write %s", s->target);
		goto out;
	}
	if (move_in(s, &p, replace, e))
		goto out;
	free(s->path);
	s->path = NULL;
	close(s->fd);
	if (tree_sync_folder(p.parent)) {
		error_errno(e, errno, "cannot sync the folder of %s", s->target);
		goto out;
	}
	ret = 0;
out:
	free(p.parent);
	return ret;
}

int stage_remove(const char *target, struct error *e)
{
	struct place p = { 0 };
	int there = result_at(target), ret = 0;

	if (there <= 0)
		return there < 0 ? 0
				 : error_set(e, ERROR_CANTCREATE,
					     "cannot remove %s: it is no result", target);
	if (place_of(&p, target, e))
		return -1;
	discard(&p, target);
	if (result_at(target) > 0)
		ret = error_set(e, ERROR_IO, "cannot remove %s", target);
	free(p.parent);
	return ret ? -1 : 1;
}

void stage_release(struct stage *s)
{
	if (s->path) {
		tree_remove(AT_FDCWD, s->path, DEPTH_MAX);
		close(s->fd);
	}
	free(s->path);
	free(s->target);
	*s = (struct stage){ .fd = -1 };
}
