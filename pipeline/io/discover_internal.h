/* SPDX-License-Identifier: Apache-2.0
 *
 * discover_internal.h - folders on the way down; for discover*.c.
 */
#ifndef PIPELINE_IO_DISCOVER_INTERNAL_H
#define PIPELINE_IO_DISCOVER_INTERNAL_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "pipeline/base/error.h"

/* A folder on the way down: what a link must not lead back to. */
struct spot {
	const struct spot *above;
	int fd, depth;
	dev_t device;
	ino_t inode;
	const char *path;
};

struct entry {
	char *name;
	struct stat st;
};

struct listing {
	struct entry *list;
	size_t nr, room;
};

/*
 * Open a folder by its name in the one above (NULL: by its path).  1: it is open, and fd is the caller's; 0: not to be entered: too
 * deep, gone, or a link to a folder that it lies in; -1 with the error.
 */
int spot_enter(struct spot *l, const struct spot *above, const char *name, const char *path,
	       struct error *e);

/* Files and folders in an open folder with their facts, sorted by name; what vanishes meanwhile is left out. */
int spot_list(struct listing *l, const struct spot *at, struct error *e);
void listing_release(struct listing *l);

#endif
