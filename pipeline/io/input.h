/* SPDX-License-Identifier: Apache-2.0
 *
 * input.h - from what the user named to files that can be read.
 *
 *	a folder or a file		as it is
 *	.tar, .zip			in place, through GDAL's /vsitar/ and /vsizip/
 *	.tar.gz, .tar.xz ...		unpacked into a private stage folder (unpack.h)
 *	/vsicurl/, /vsis3/, http(s)://	fetched into a stage folder (remote.h), or read in place
 *	/vsizip/..., /vsitar/...	as they are, if the archive is a local file
 *	other /vsi...			refused
 *
 * What a file is follows from its first bytes, not from its name.
 */
#ifndef PIPELINE_IO_INPUT_H
#define PIPELINE_IO_INPUT_H

#include <stdbool.h>

#include "pipeline/base/error.h"
#include "pipeline/base/file.h"

/* What to do with the offset of Sentinel-2 reflectance. */
enum offset_rule {
	OFFSET_PRODUCT, /* as the metadata says */
	OFFSET_NONE,	/* it was applied already: 0 */
	OFFSET_1000,	/* it was not applied, and the metadata keeps silent: -1000 */
};

/* How to come by a product.  Zero is the default. */
struct input_options {
	const char *stage; /* folder for what is unpacked or fetched; NULL: $TMPDIR, else /tmp */
	bool direct; /* read remote files in place, block by block, instead of fetching them */
	const char
		*hosts; /* hosts, separated by commas, whose files a STAC item may name; NULL: none
			      but the item's own */
	enum offset_rule offset;
};

/*
 * Zero is nothing.  Owns its strings and the stage folder on the disk; what a
 * killed process left there goes with the next stage_open() (file.h).
 */
struct input {
	char *path; /* what GDAL's file functions can read: a folder, or the metadata file named */
	char *form; /* for people: "folder", "file", "tar", "zip", "tar.gz", "remote folder" ... */
	struct stage stage; /* private folder, never published: removed by input_release() */
	bool archive; /* path is the root of an archive: the product may lie in a folder of it */
};

/*
 * Make what the user named readable.  NOINPUT: there is none.  DATA: an archive
 * that is cut, lies or is too large (unpack.h).  TEMPORARY: it is still arriving (input_arriving()).
 * CONFIG: the disk of the stage folder has too little room.  UNAVAILABLE: remote.h.
 * PERMISSION, IO.  On failure *in is zero and no stage folder is left.
 */
int input_open(struct input *in, const char *path, const struct input_options *options,
	       struct error *e);

/*
 * The folder of this name in the input's stage folder; both are made when they
 * are first needed.  To be freed; NULL with e set (CANTCREATE, PERMISSION, IO).
 */
char *input_folder(struct input *in, const char *name, const struct input_options *options,
		   struct error *e);

/* True if the input can be read without unpacking or fetching anything first. */
bool input_is_cheap(const char *path);

/* Remove the stage folder and free.  Accepts zero. */
void input_release(struct input *in);

/*
 * True if a file of this name is being downloaded or copied: "x.part", "x.tmp", "x.crdownload",
 * "x.filepart", "x.aria2", "x.download", "x.partial", or rsync's ".x.AbC123".
 */
bool input_arriving(const char *name);

/*
 * True if any name in a folder, or in the folders below it, is one of input_arriving().  Hidden names
 * count.  Only of the local file system: in archives nothing arrives.  For whoever misses a file.
 */
bool input_arriving_in(const char *folder);

/* True if the same name as path's with such an ending, or rsync's name for it, lies beside it. */
bool input_arriving_beside(const char *path);

#endif
