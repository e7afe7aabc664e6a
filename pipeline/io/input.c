/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/input.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_error.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/unpack.h"
#include "pipeline/io/unpack_internal.h"

#define STAGE_NAME "balkhash-input"
#define HEAD_SIZE  512

/* What a file is. */
enum kind {
	KIND_PLAIN, /* no archive: a metadata file, or nothing that is known */
	KIND_TAR,
	KIND_ZIP,
	KIND_PACKED,  /* a tar under a compression, presumably */
	KIND_STRANGE, /* an archive that cannot be read */
	KIND_ZEROS,
};

struct signature {
	const char *bytes;
	size_t n;
	enum kind kind;
	const char *form;
};

static const struct signature signatures[] = {
	{ "PK\3\4", 4, KIND_ZIP, "zip" },
	{ "PK\5\6", 4, KIND_ZIP, "zip" },
	{ "PK\7\10", 4, KIND_ZIP, "zip" },
	{ "\x1f\x8b", 2, KIND_PACKED, "tar.gz" },
	{ "BZh", 3, KIND_PACKED, "tar.bz2" },
	{ "\xfd"
	  "7zXZ\0",
	  6, KIND_PACKED, "tar.xz" },
	{ "\x28\xb5\x2f\xfd", 4, KIND_PACKED, "tar.zst" },
	{ "\x04\x22\x4d\x18", 4, KIND_PACKED, "tar.lz4" },
	{ "LZIP", 4, KIND_PACKED, "tar.lz" },
	{ "\x5d\0\0", 3, KIND_PACKED, "tar.lzma" },
	{ "\x1f\x9d", 2, KIND_PACKED, "tar.Z" },
	{ "7z\xbc\xaf\x27\x1c", 6, KIND_STRANGE, "7z" },
	{ "Rar!\x1a\7", 6, KIND_STRANGE, "rar" },
};

static int set_text(char **out, struct error *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int set_text(char **out, struct error *e, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return error_nomem(e, "a path");
	free(*out);
	*out = text;
	return 0;
}

/* What a file is, by its first bytes. */
static int find_kind(const char *path, enum kind *kind, const char **form, struct error *e)
{
	unsigned char head[HEAD_SIZE] = { 0 };
	struct probe p;
	size_t n;
	int ret;

	if (probe_open(&p, path, e))
		return -1;
	n = p.size < sizeof(head) ? (size_t)p.size : sizeof(head);
	ret = probe_read(&p, 0, head, n, e);
	probe_close(&p);
	if (!ret && !n)
		return error_set(e, ERROR_DATA, "%s is empty", path);
	*kind = KIND_PLAIN;
	*form = "file";
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		const struct signature *s = &signatures[i];

		if (n < s->n || memcmp(head, s->bytes, s->n))
			continue;
		*kind = s->kind;
		*form = s->form;
		return ret;
	}
	if (!head[0] && !memcmp(head, head + 1, n - 1))
		*kind = KIND_ZEROS;
	else if (n == sizeof(head) && unpack_is_tar(head)) {
		*kind = KIND_TAR;
		*form = "tar";
	}
	return ret;
}

/* The folder that is the input's own, made when it is first needed. */
static int need_stage(struct input *in, const struct input_options *options, struct error *e)
{
	const char *folder = options->stage;
	char *target, *real;
	int ret = -1;

	if (in->stage.path)
		return 0;
	/* GDAL looks into the environment, too. */
	if (!folder)
		folder = CPLGetConfigOption("TMPDIR", "");
	if (!folder[0])
		folder = "/tmp";
	/* Whole, so that what lies in it has one name wherever it is seen from. */
	real = realpath(folder, NULL);
	target = path_join(real ? real : folder, STAGE_NAME);
	free(real);
	if (!target)
		return error_nomem(e, "a path");
	if (stage_open(&in->stage, target, e))
		error_prefix(e, "no folder to unpack or fetch into");
	/* Nobody else's business, whatever the umask. */
	else if (fchmod(in->stage.fd, 0700))
		error_errno(e, errno, "cannot protect %s", in->stage.path);
	else
		ret = 0;
	free(target);
	return ret;
}

/* A folder of ours, and no link or file that somebody put there. */
static bool is_own_folder(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

char *input_folder(struct input *in, const char *name, const struct input_options *options,
		   struct error *e)
{
	char *folder;

	if (need_stage(in, options, e))
		return NULL;
	folder = path_join(in->stage.path, name);
	if (!folder) {
		error_nomem(e, "a path");
	} else if (mkdir(folder, 0700) && (errno != EEXIST || !is_own_folder(folder))) {
		error_create(e, errno, "cannot create %s", folder);
		free(folder);
		folder = NULL;
	}
	return folder;
}

static int open_packed(struct input *in, const char *path, const struct input_options *options,
		       struct error *e)
{
	char *folder = input_folder(in, "unpacked", options, e);

	if (!folder)
		return -1;
	free(in->path);
	in->path = folder;
	in->archive = true;
	return unpack_archive(path, folder, UNPACK_BYTES_MAX, e);
}

/* GDAL's way of naming an archive ends at a brace: where a path has one, go through a link. */
static int name_root(struct input *in, const char *prefix, const char *path,
		     const struct input_options *options, struct error *e)
{
	char *real, *link;
	int ret = -1;

	if (!strpbrk(path, "{}"))
		return set_text(&in->path, e, "/%s/{%s}", prefix, path);
	if (need_stage(in, options, e))
		return -1;
	real = realpath(path, NULL);
	link = path_join(in->stage.path, "archive");
	if (!real || !link)
		error_errno(e, errno, "cannot find %s", path);
	else if (symlink(real, link))
		error_create(e, errno, "cannot create %s", link);
	else if (strpbrk(link, "{}"))
		error_set(
			e, ERROR_CONFIG,
			"cannot read %s in place: its name and the temporary folder's have braces",
			path);
	else
		ret = set_text(&in->path, e, "/%s/{%s}", prefix, link);
	free(real);
	free(link);
	return ret;
}

static int open_in_place(struct input *in, const char *path, enum kind kind,
			 const struct input_options *options, struct error *e)
{
	bool seen;

	if (unpack_check(path, UNPACK_BYTES_MAX, e) ||
	    name_root(in, kind == KIND_ZIP ? "vsizip" : "vsitar", path, options, e) ||
	    unpack_seen(path, in->path, &seen, e))
		return -1;
	in->archive = true;
	if (seen)
		return 0;
	/* GDAL does not know every way of writing long names: libarchive does. */
	if (kind == KIND_TAR && strncmp(path, "/vsi", 4))
		return open_packed(in, path, options, e);
	return error_set(e, ERROR_DATA, "%s cannot be read in place: unpack it and name the folder",
			 path);
}

/* What a path leads to that no longer needs to be fetched. */
static int open_local(struct input *in, const char *path, const struct input_options *options,
		      struct error *e)
{
	const char *form = "folder";
	enum kind kind = KIND_PLAIN;

	if (!folder_is_folder(path) && find_kind(path, &kind, &form, e))
		return -1;
	if (set_text(&in->form, e, "%s%s", in->form ? "remote " : "", form))
		return -1;
	switch (kind) {
	case KIND_PLAIN:
		return set_text(&in->path, e, "%s", path);
	case KIND_TAR:
	case KIND_ZIP:
		return open_in_place(in, path, kind, options, e);
	case KIND_PACKED:
		if (strncmp(path, "/vsi", 4))
			return open_packed(in, path, options, e);
		return error_set(e, ERROR_DATA,
				 "%s: a compressed tar cannot be read in place: fetch it first",
				 path);
	case KIND_STRANGE:
		return error_set(e, ERROR_DATA, "%s is a %s archive: unpack it and name the folder",
				 path, form);
	case KIND_ZEROS:
		break;
	}
	return error_set(e, ERROR_DATA, "%s begins with zeros: nothing has been written", path);
}

/* Is a remote path there?  GDAL says the server's answer in its message only, and of 404 nothing. */
static int check_there(const char *path, struct error *e)
{
	struct gdal_errors said;
	struct error dropped;
	VSIStatBufL st;
	const char *answer;
	char words[200];
	bool there;

	gdal_begin(&said);
	CPLErrorReset();
	there = !VSIStatL(path, &st);
	snprintf(words, sizeof(words), "%s", CPLGetLastErrorMsg());
	gdal_end(&said, &dropped, ERROR_IO, "%s", path);
	if (there)
		return 0;
	answer = strrchr(words, ':');
	if (!answer || !strcmp(answer, ": 404") || !strcmp(answer, ": 410"))
		return error_set(e, ERROR_NOINPUT, "cannot read %s: the server has no such file",
				 path);
	if (!strcmp(answer, ": 401") || !strcmp(answer, ": 403"))
		return error_set(e, ERROR_PERMISSION, "cannot read %s: the server refuses it%s",
				 path, answer);
	return error_set(e, ERROR_UNAVAILABLE, "cannot read %s: no answer from the server (%s)",
			 path, unpack_show(words).text);
}

static int open_direct(struct input *in, const char *path, const struct input_options *options,
		       struct error *e)
{
	char *place = remote_vsi(path);
	int ret = -1;

	if (!place)
		error_nomem(e, "a path");
	else if (!check_there(place, e))
		ret = open_local(in, place, options, e);
	free(place);
	return ret;
}

static int open_remote(struct input *in, const char *path, const struct input_options *options,
		       struct error *e)
{
	char *folder, *local = NULL;
	int ret = -1;

	if (set_text(&in->form, e, "remote"))
		return -1;
	if (options->direct)
		return open_direct(in, path, options, e);
	folder = input_folder(in, "fetched", options, e);
	if (!folder)
		return -1;
	if (!remote_stage(&local, path, folder, e)) {
		ret = open_local(in, local, options, e);
		/* The local name means nothing to who gave the remote one. */
		if (ret)
			error_prefix(e, "%s", path);
	}
	/* What was fetched and unpacked is there twice. */
	if (!ret && in->archive && strncmp(in->path, "/vsi", 4))
		unlink(local);
	free(local);
	free(folder);
	return ret;
}

/*
 * Of "/vsizip/<archive>[/<inner>]", also with braces, the archive, to be freed; *inner is what
 * stands behind its slash.  NULL: e is set.
 */
static char *split_vsi(const char *path, const char **inner, struct error *e)
{
	const char *rest = path + strlen("/vsizip/"), *end = rest;
	char *archive = NULL;

	if (rest[0] == '{') {
		end = strchr(++rest, '}');
		if (!end) {
			error_set(e, ERROR_NOINPUT, "%s: its brace is not closed", path);
			return NULL;
		}
		archive = strndup(rest, (size_t)(end - rest));
		*inner = end + 1;
	} else {
		/* The archive is the first part of the path that is no folder. */
		do {
			free(archive);
			end += strspn(end, "/");
			end += strcspn(end, "/");
			archive = strndup(rest, (size_t)(end - rest));
		} while (archive && *end && folder_is_folder(archive));
		*inner = end;
	}
	*inner += strspn(*inner, "/");
	if (!archive)
		error_nomem(e, "a path");
	return archive;
}

/* Not of the local file system, as what stands behind "/vsizip/" or "/vsizip/{". */
static bool is_virtual(const char *path)
{
	return !strncmp(path, "/vsi", 4) || remote_is(path);
}

/* Go into an archive that is open: the product is in this place of it. */
static int enter(struct input *in, const char *inner, struct error *e)
{
	char *root = in->path;
	int ret;

	in->path = NULL;
	in->archive = false;
	ret = set_text(&in->path, e, "%s/%s", root, inner);
	free(root);
	return ret;
}

/* An archive, and perhaps a place in it, in GDAL's spelling. */
static int open_vsi(struct input *in, const char *path, const struct input_options *options,
		    struct error *e)
{
	enum kind kind = KIND_PLAIN, wanted = strncmp(path, "/vsizip/", 8) ? KIND_TAR : KIND_ZIP;
	const char *inner = "", *form;
	char *archive;
	int ret = -1;

	if (is_virtual(path + 8) || (path[8] && is_virtual(path + 9)))
		return error_set(e, ERROR_DATA,
				 "cannot read %s: only a local archive can be read so; name the "
				 "archive itself",
				 path);
	archive = split_vsi(path, &inner, e);
	if (!archive)
		return -1;
	if (find_kind(archive, &kind, &form, e))
		goto out;
	if (kind != wanted)
		error_set(e, ERROR_DATA, "cannot read %s: %s is no %s; name '%s' itself", path,
			  archive, wanted == KIND_ZIP ? "zip" : "plain tar", archive);
	else if (!input_open(in, archive, options, e) && (!inner[0] || !enter(in, inner, e)))
		ret = 0;
out:
	free(archive);
	return ret;
}

static int open_any(struct input *in, const char *path, const struct input_options *options,
		    struct error *e)
{
	if (remote_is(path))
		return open_remote(in, path, options, e);
	if (!strncmp(path, "/vsizip/", 8) || !strncmp(path, "/vsitar/", 8))
		return open_vsi(in, path, options, e);
	if (!strncmp(path, "/vsi", 4))
		return error_set(
			e, ERROR_DATA,
			"cannot read %s: of GDAL's virtual file systems /vsizip/, /vsitar/, "
			"/vsicurl/ and /vsis3/ are read",
			path);
	if (input_arriving(path_name(path)))
		return error_set(e, ERROR_TEMPORARY,
				 "%s is still arriving, as its name says: try again later", path);
	if (input_arriving_beside(path))
		return error_set(
			e, ERROR_TEMPORARY,
			"%s is still arriving: a partial file of this name lies beside it; "
			"try again later, or remove that if nothing is under way",
			path);
	return open_local(in, path, options, e);
}

int input_open(struct input *in, const char *path, const struct input_options *options,
	       struct error *e)
{
	static const struct input_options preset = { 0 };
	char *plain;
	int ret;

	*in = (struct input){ 0 };
	if (!path[0])
		return error_set(e, ERROR_NOINPUT, "the name of a product is empty");
	plain = strdup(path);
	if (!plain)
		return error_nomem(e, "a path");
	/* To a server a slash at the end may mean something. */
	for (size_t n = strlen(plain); n > 1 && plain[n - 1] == '/' && !remote_is(plain); n--)
		plain[n - 1] = 0;
	ret = open_any(in, plain, options ? options : &preset, e);
	free(plain);
	if (ret)
		input_release(in);
	return ret;
}

bool input_is_cheap(const char *path)
{
	enum kind kind = KIND_PLAIN;
	struct error ignored;
	const char *form;

	if (remote_is(path))
		return false;
	return folder_is_folder(path) ||
	       (!find_kind(path, &kind, &form, &ignored) && kind != KIND_PACKED);
}

void input_release(struct input *in)
{
	stage_release(&in->stage);
	free(in->path);
	free(in->form);
	*in = (struct input){ 0 };
}
