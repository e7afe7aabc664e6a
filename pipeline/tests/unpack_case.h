/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack_case.h - judging one archive made in memory.
 */
#ifndef PIPELINE_TESTS_UNPACK_CASE_H
#define PIPELINE_TESTS_UNPACK_CASE_H

#include "pipeline/io/unpack.h"
#include "pipeline/tests/archive_files.h"

#define ALL UNPACK_BYTES_MAX

/* Check, or unpack into a folder of its own that is removed: 0 or the error's code. */
static inline int judge(const char *dir, const struct bytes *b, bool unpack, int64_t max,
			struct error *e)
{
	char archive[4200], folder[4200];
	int ret;

	*e = (struct error){ 0 };
	files_bytes(dir, "archive", b->data, b->n);
	files_path(archive, dir, "archive");
	files_path(folder, dir, "folder");
	if (!unpack)
		return unpack_check(archive, max, e) ? (int)e->code : 0;
	assert_int_equal(mkdir(folder, 0700), 0);
	ret = unpack_archive(archive, folder, max, e) ? (int)e->code : 0;
	VSIRmdirRecursive(folder);
	return ret;
}

static inline void assert_code(int got, int code, const char *word, const struct error *e)
{
	if (got != code || (code && (!strstr(e->text, word) || strchr(e->text, '\n'))))
		fail_msg("%d \"%s\"; should be %d with \"%s\"", got, e->text, code, word);
}

/* A tar is refused both in place and, compressed, when it is unpacked; freed. */
static inline void refuse_tar(const char *dir, struct bytes *b, const char *word)
{
	struct bytes gz = packed(b, "gzip");
	struct error e;
	int got = judge(dir, b, false, ALL, &e);

	assert_code(got, ERROR_DATA, word, &e);
	got = judge(dir, &gz, true, ALL, &e);
	assert_code(got, ERROR_DATA, word, &e);
	bytes_free(&gz);
	bytes_free(b);
}

static inline void refuse_zip(const char *dir, const struct zip_member *m, size_t nr,
			      const char *word)
{
	struct bytes b = zip_of(m, nr);
	struct error e;
	int got = judge(dir, &b, false, ALL, &e);

	assert_code(got, ERROR_DATA, word, &e);
	bytes_free(&b);
}

#endif
