/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/discover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/file_tree.h"
#include "pipeline/io/discover_internal.h"
#include "pipeline/io/input.h"
#include "pipeline/io/naming.h"
#include "pipeline/io/product.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/stac.h"
#include "pipeline/run/tiles.h"

/* Entries of a folder that one thread looks at in one go; most threads. */
#define PART	    64
#define THREADS_MAX 8

/* What is hashed of a product: name, size and time of each file. */
struct print {
	char *text;
	size_t size;
	FILE *stream;
	int64_t newest;
	uint64_t bytes;
	bool arriving;
};

/* Folders hold much JSON: what has not the words that every Item has is none. */
static bool is_item(const char *folder, const char *name)
{
	char *path, *text = NULL;
	struct error ignored;
	size_t size;
	bool item;

	if (!stac_is_file(name))
		return false;
	path = path_join(folder, name);
	item = path && !file_read(path, STAC_BYTES_MAX, &text, &size, &ignored) &&
	       strstr(text, "\"stac_version\"") && strstr(text, "\"Feature\"");
	free(text);
	free(path);
	return item;
}

/* --- prints --- */

static int64_t changed(const struct stat *st)
{
	return st->st_mtim.tv_sec > st->st_ctim.tv_sec ? st->st_mtim.tv_sec : st->st_ctim.tv_sec;
}

static int print_open(struct print *p, struct error *e)
{
	*p = (struct print){ 0 };
	p->stream = open_memstream(&p->text, &p->size);
	return p->stream ? 0 : error_nomem(e, "the facts of a product");
}

static void print_file(struct print *p, const char *path, const struct stat *st)
{
	const int64_t facts[] = { st->st_size, st->st_mtim.tv_sec, st->st_mtim.tv_nsec };

	if (changed(st) > p->newest)
		p->newest = changed(st);
	p->bytes += (uint64_t)st->st_size;
	p->arriving |= input_arriving(path_name(path));
	/* With its terminator, which no path has in it.  Numbers as they are: as text they take longer than the file system. */
	fwrite(path, strlen(path) + 1, 1, p->stream);
	fwrite(facts, sizeof(facts), 1, p->stream);
}

/* All files in a folder of the product and below it, whose names begin with stem ("" for all). */
static int print_folder(struct print *p, const struct spot *at, const struct listing *l,
			const char *prefix, const char *stem, struct error *e)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < l->nr; i++) {
		const struct entry *f = &l->list[i];
		struct listing below = { 0 };
		struct spot inner;
		char *path = NULL;

		if (strncmp(f->name, stem, strlen(stem)) != 0)
			continue;
		if (asprintf(&path, "%s%s", prefix, f->name) < 0)
			return error_nomem(e, "a path");
		if (S_ISREG(f->st.st_mode)) {
			print_file(p, path, &f->st);
		} else if (!*stem && (ret = spot_enter(&inner, at, f->name, path, e)) > 0) {
			char *folder = NULL;

			ret = asprintf(&folder, "%s/", path) < 0 ? error_nomem(e, "a path")
								 : spot_list(&below, &inner, e);
			if (!ret)
				ret = print_folder(p, &inner, &below, folder, "", e);
			free(folder);
			close(inner.fd);
		}
		listing_release(&below);
		free(path);
	}
	return ret;
}

/* Room for so many products more. */
static int make_room(struct discovery *d, size_t nr)
{
	size_t room = d->room ? 2 * d->room : 256;
	struct discovered *more;

	if (d->nr + nr <= d->room)
		return 0;
	room = room < d->nr + nr ? d->nr + nr : room;
	more = realloc(d->list, room * sizeof(*more));
	if (!more)
		return -1;
	d->list = more;
	d->room = room;
	return 0;
}

/* Take the path, and add it with what was printed; frees the path if it fails. */
static int add(struct discovery *d, char *path, struct print *p, struct error *e)
{
	bool failed = !path || (p->stream && fclose(p->stream));
	struct discovered *x;

	p->stream = NULL;
	if (failed || make_room(d, 1)) {
		free(path);
		free(p->text);
		return error_nomem(e, "the list of products");
	}
	x = &d->list[d->nr++];
	*x = (struct discovered){
		.path = path, .newest = p->newest, .bytes = p->bytes, .arriving = p->arriving
	};
	memory_sha256(p->text ? p->text : "", p->size, x->print);
	free(p->text);
	return 0;
}

static void print_drop(struct print *p)
{
	if (p->stream)
		fclose(p->stream);
	free(p->text);
}

/* --- what lies in a folder --- */

/* A product that is a file, of which others in the listing may be what is still being copied. */
static int add_file(struct discovery *d, const struct spot *at, const struct listing *l, size_t i,
		    struct error *e)
{
	const char *name = l->list[i].name;
	struct print p;

	if (print_open(&p, e))
		return -1;
	print_file(&p, name, &l->list[i].st);
	/* "x.tar.aria2" sorts behind "x.tar"; rsync writes ".x.tar.AbC123" and renames it: no matter. */
	for (size_t k = i + 1; k < l->nr && !strncmp(l->list[k].name, name, strlen(name)); k++)
		p.arriving |= input_arriving(l->list[k].name);
	return add(d, path_join(at->path, name), &p, e);
}

/* Do the metadata of several Landsat products lie in one folder? */
static bool is_flat(const struct listing *l)
{
	const char *first = NULL;

	for (size_t i = 0; i < l->nr; i++) {
		size_t n = naming_mtl_stem(l->list[i].name);

		if (!n)
			continue;
		if (first && (strncmp(first, l->list[i].name, n) || naming_mtl_stem(first) != n))
			return true;
		first = l->list[i].name;
	}
	return false;
}

/* One product for each stem, named by the first of its metadata files. */
static int add_flat(struct discovery *d, const struct spot *at, const struct listing *l,
		    struct error *e)
{
	const char *last = NULL;
	int ret = 0;

	for (size_t i = 0; !ret && i < l->nr; i++) {
		const char *name = l->list[i].name;
		size_t n = naming_mtl_stem(name);
		struct print p;
		char *stem;

		if (!n || (last && naming_mtl_stem(last) == n && !strncmp(last, name, n)))
			continue;
		last = name;
		stem = strndup(name, n);
		if (!stem)
			return error_nomem(e, "a name");
		ret = print_open(&p, e);
		if (!ret && print_folder(&p, at, l, "", stem, e)) {
			print_drop(&p);
			ret = -1;
		}
		if (!ret)
			ret = add(d, path_join(at->path, name), &p, e);
		free(stem);
	}
	return ret;
}

static int add_folder(struct discovery *d, const struct spot *at, const struct listing *l,
		      struct error *e)
{
	struct print p;
	struct stat st;

	if (print_open(&p, e))
		return -1;
	if (print_folder(&p, at, l, "", "", e)) {
		print_drop(&p);
		return -1;
	}
	if (!fstat(at->fd, &st) && changed(&st) > p.newest)
		p.newest = changed(&st);
	return add(d, strdup(at->path), &p, e);
}

static bool is_product(const char *path, const struct listing *l)
{
	size_t n = strlen(path);

	while (n && path[n - 1] == '/')
		n--;
	if (n > 5 && !strncasecmp(path + n - 5, ".SAFE", 5))
		return true;
	for (size_t i = 0; i < l->nr; i++)
		if (S_ISREG(l->list[i].st.st_mode) && product_is_metadata(l->list[i].name))
			return true;
	return false;
}

static int look_into(struct discovery *d, const struct spot *at, struct error *e);

static int warn(struct discovery *d, const char *text, struct error *e)
{
	char **more = realloc(d->warnings, (d->warnings_nr + 1) * sizeof(*more));

	if (!more)
		return error_nomem(e, "a warning");
	d->warnings = more;
	d->warnings[d->warnings_nr] = strdup(text);
	if (!d->warnings[d->warnings_nr])
		return error_nomem(e, "a warning");
	d->warnings_nr++;
	return 0;
}

static int look_at(struct discovery *d, const struct spot *at, const struct listing *l, size_t i,
		   struct error *e)
{
	const char *name = l->list[i].name;
	struct spot inner;
	char *path;
	int ret;

	if (name[0] == '.' || input_arriving(name))
		return 0;
	if (S_ISREG(l->list[i].st.st_mode))
		return naming_archive_ending(name) || is_item(at->path, name)
			       ? add_file(d, at, l, i, e)
			       : 0;
	path = path_join(at->path, name);
	if (!path)
		return error_nomem(e, "a path");
	ret = spot_enter(&inner, at, name, path, e);
	if (ret > 0) {
		ret = look_into(d, &inner, e);
		close(inner.fd);
	}
	free(path);
	/* A folder that cannot be read is no reason to leave the others. */
	return ret < 0 && e->code != ERROR_BUG ? warn(d, e->text, e) : ret < 0 ? -1 : 0;
}

static int look_at_all(struct discovery *d, const struct spot *at, const struct listing *l,
		       size_t from, size_t to, struct error *e)
{
	int ret = 0;

	for (size_t i = from; !ret && i < to; i++)
		ret = look_at(d, at, l, i, e);
	return ret;
}

/* --- many folders, on several threads --- */

struct parts {
	const struct spot *at;
	const struct listing *l;
	struct discovery *part;
	size_t nr;
};

static int look_at_part(void *job, size_t i, void *slot, struct error *e)
{
	struct parts *p = job;
	size_t from = i * PART, to = from + PART < p->l->nr ? from + PART : p->l->nr;

	(void)slot;
	p->part[i].is_part = true;
	return look_at_all(&p->part[i], p->at, p->l, from, to, e);
}

/* Append what a part found. */
static int take(struct discovery *d, struct discovery *part, struct error *e)
{
	if (make_room(d, part->nr))
		return error_nomem(e, "the list of products");
	for (size_t i = 0; i < part->nr; i++)
		d->list[d->nr++] = part->list[i];
	part->nr = 0;
	for (size_t i = 0; i < part->warnings_nr; i++)
		if (warn(d, part->warnings[i], e))
			return -1;
	return 0;
}

/* Thousands of products wait for the file system; on a network one at a time would take minutes. */
static int look_at_parts(struct discovery *d, const struct spot *at, const struct listing *l,
			 struct error *e)
{
	static const struct tiles_ops ops = { .work = look_at_part };
	struct parts p = { at, l, NULL, (l->nr + PART - 1) / PART };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int threads = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (int)cores, ret;

	p.part = calloc(p.nr, sizeof(*p.part));
	if (!p.part)
		return error_nomem(e, "the list of products");
	ret = tiles_run(p.nr, threads, 0, &ops, &p, e);
	for (size_t i = 0; i < p.nr; i++) {
		if (!ret)
			ret = take(d, &p.part[i], e);
		discovery_release(&p.part[i]);
	}
	free(p.part);
	return ret;
}

static int look_into(struct discovery *d, const struct spot *at, struct error *e)
{
	struct listing l = { 0 };
	int ret = spot_list(&l, at, e);

	if (!ret && is_flat(&l))
		ret = add_flat(d, at, &l, e);
	else if (!ret && is_product(at->path, &l))
		ret = add_folder(d, at, &l, e);
	else if (!ret && l.nr > PART && !d->is_part)
		ret = look_at_parts(d, at, &l, e);
	else if (!ret)
		ret = look_at_all(d, at, &l, 0, l.nr, e);
	listing_release(&l);
	return ret;
}

/* --- what the user named --- */

int discover_remote(struct discovery *d, const char *address, const char *state, struct error *e)
{
	struct print p;

	if (print_open(&p, e))
		return -1;
	fprintf(p.stream, "%s %s\n", address, state);
	return add(d, strdup(address), &p, e);
}

static int discover_path(struct discovery *d, const char *path, struct error *e)
{
	struct spot top;
	struct print p;
	struct stat st;
	int ret;

	if (stat(path, &st))
		return error_errno(e, errno, "cannot find %s", path);
	if (S_ISDIR(st.st_mode)) {
		if (spot_enter(&top, NULL, path, path, e) < 0)
			return -1;
		ret = look_into(d, &top, e);
		close(top.fd);
		return ret;
	}
	if (print_open(&p, e))
		return -1;
	print_file(&p, path_name(path), &st);
	p.arriving |= input_arriving_beside(path);
	return add(d, strdup(path), &p, e);
}

int discover(struct discovery *d, const char *pattern, struct error *e)
{
	glob_t found = { 0 };
	struct stat st;
	int ret;

	if (remote_is(pattern) || !strncmp(pattern, "/vsi", 4))
		return discover_remote(d, pattern, "", e);
	/* A name with a '[' in it is itself first. */
	if (!stat(pattern, &st))
		return discover_path(d, pattern, e);
	ret = glob(pattern, GLOB_NOSORT, NULL, &found);
	if (ret) {
		globfree(&found);
		if (ret == GLOB_NOSPACE)
			return error_nomem(e, pattern);
		if (ret == GLOB_ABORTED)
			return error_set(e, ERROR_IO, "cannot list what %s stands for", pattern);
		/* A pattern may stand for what is still to come. */
		return strpbrk(pattern, "*?[")
			       ? 0
			       : error_set(e, ERROR_NOINPUT, "nothing of the name %s", pattern);
	}
	for (size_t i = 0; !ret && i < found.gl_pathc; i++) {
		/* What vanished since is not there. */
		if (stat(found.gl_pathv[i], &st) && errno == ENOENT)
			continue;
		ret = discover_path(d, found.gl_pathv[i], e);
	}
	globfree(&found);
	return ret;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct discovered *)a)->path, ((const struct discovered *)b)->path);
}

void discovery_sort(struct discovery *d)
{
	size_t n = 0;

	if (d->nr)
		qsort(d->list, d->nr, sizeof(*d->list), by_path);
	for (size_t i = 0; i < d->nr; i++) {
		if (n && !strcmp(d->list[n - 1].path, d->list[i].path))
			free(d->list[i].path);
		else
			d->list[n++] = d->list[i];
	}
	d->nr = n;
}

void discovery_release(struct discovery *d)
{
	for (size_t i = 0; i < d->nr; i++)
		free(d->list[i].path);
	for (size_t i = 0; i < d->warnings_nr; i++)
		free(d->warnings[i]);
	free(d->warnings);
	free(d->list);
	*d = (struct discovery){ 0 };
}
