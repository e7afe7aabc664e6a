/* SPDX-License-Identifier: Apache-2.0
 *
 * discover.h - the products that lie in folders, by names and facts of the file system alone.
 *
 * No file is opened, .json apart.  Folders with many entries are looked through by several threads; ten thousand
 * products take half a second on a local disk.  Links are followed; one to a
 * folder that it lies in is not.
 */
#ifndef PIPELINE_IO_DISCOVER_H
#define PIPELINE_IO_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"
#include "pipeline/base/file.h"

/* One product, as a path that product_open() takes. */
struct discovered {
	char *path;
	/*
	 * Names, sizes and times of its files, hashed: another one means that something in it
	 * has changed.  Not of its contents.
	 */
	char print[SHA256_HEX];
	int64_t newest; /* time of change of the file that changed last, seconds since 1970 */
	uint64_t bytes;
	bool arriving; /* a file in it, or beside it, has the name of one that is being copied */
};

/* Sorted by path, each path once.  Zero is empty. */
struct discovery {
	struct discovered *list;
	size_t nr, room;
	char **warnings; /* folders that could not be read */
	size_t warnings_nr;
	bool is_part; /* of another: threads of its own it has none */
};

/*
 * Add what a path or a pattern as of glob(7) stands for: a product, or a folder with products in it at any depth
 * up to DISCOVER_DEPTH.  In folders a product is
 *   a folder with metadata of a product in it (Landsat, Sentinel-2, HLS), or named .SAFE
 *   a file named .tar, .tar.gz, .tgz, .tar.xz, .tar.bz2, .tar.zst, .zip
 *   a .json file that is not part of a product, with the words "stac_version" and "Feature": a STAC Item
 * and what is hidden or named like a file that is arriving is none.  What the user names itself is taken for a
 * product whatever its name, also a remote path, whose print is of its name.
 * NOINPUT: nothing of the name, which has no wildcard; PERMISSION, IO.
 */
#define DISCOVER_DEPTH 8
int discover(struct discovery *d, const char *pattern, struct error *e);

/* Add one remote product with what stands for its state, such as the time of its last update. */
int discover_remote(struct discovery *d, const char *address, const char *state, struct error *e);

/* Sort, and drop what is there twice; after the last discover(). */
void discovery_sort(struct discovery *d);
void discovery_release(struct discovery *d);

#endif
