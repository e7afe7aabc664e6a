/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack_internal.h - what the parts of unpack.h share: members of an archive, and the
 * bytes of a compressed one.
 */
#ifndef PIPELINE_IO_UNPACK_INTERNAL_H
#define PIPELINE_IO_UNPACK_INTERNAL_H

#include <stdbool.h>

#include "pipeline/io/probe.h"
#include "pipeline/io/unpack.h"

/* Folders in one another; a stage folder removes seven (pipeline/base/file_stage.c). */
#define UNPACK_DEPTH_MAX 6

/* Bytes of a member's name, its end included. */
#define UNPACK_NAME_SIZE 1024

/* A name for messages: cut, and without control characters. */
struct shown {
	char text[104];
};
struct shown unpack_show(const char *name);

/*
 * Reduce a member's name to plain components with one '/' between them ("./a//b/" -> "a/b";
 * "./" -> "").  Returns NULL, or why the name is refused: absolute, "..", control
 * characters, too long or too deep.
 */
const char *unpack_plain_name(const char *name, bool folder, char plain[UNPACK_NAME_SIZE]);

struct member {
	char *name; /* plain */
	bool folder;
	uint64_t size;	     /* bytes, unpacked */
	uint64_t start, end; /* its headers and data in the archive */
};

/* Zero is an empty list. */
struct members {
	struct member *list;
	size_t nr, room;
};

/* Add a member of this raw name; the root itself ("./") is passed over.  DATA: name, size, number. */
int unpack_add(struct members *m, const char *archive, const char *raw, const struct member *member,
	       int64_t max_bytes, struct error *e);
void unpack_members_release(struct members *m);

/* True if a block of 512 bytes is the header of a member of a tar. */
bool unpack_is_tar(const unsigned char *block);

/* Read the members of a plain tar or a zip, as unpack_check(); names may still occur twice. */
int unpack_tar_members(struct probe *p, int64_t max_bytes, struct members *m, struct error *e);
int unpack_zip_members(struct probe *p, int64_t max_bytes, struct members *m, struct error *e);

/*
 * The bytes of a file under one of: nothing, gzip, bzip2, xz, lzma, lzip, zstd, lz4, compress.  Every
 * checksum that the format has is checked; of gzip, bytes behind the end are an error, too.
 */
struct unpack_stream;
int unpack_stream_open(struct unpack_stream **out, const char *path, struct error *e);

/* The next bytes, valid until the next call; *n 0: the end.  DATA: cut, damaged; IO. */
int unpack_stream_next(struct unpack_stream *s, const void **data, size_t *n, struct error *e);
void unpack_stream_close(struct unpack_stream *s);

/* Zero bytes at the end of data, where `before` of them stood before it. */
uint64_t unpack_zeros(uint64_t before, const void *data, size_t n);

#endif
