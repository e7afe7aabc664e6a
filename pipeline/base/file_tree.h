/* SPDX-License-Identifier: Apache-2.0
 *
 * file_tree.h - folders with all that is in them, by descriptors, so that no one can put a link in
 * their way: what file_stage.c is made of.  Links are never followed.  Any thread.
 */
#ifndef PIPELINE_BASE_FILE_TREE_H
#define PIPELINE_BASE_FILE_TREE_H

#include <dirent.h>
#include <stdbool.h>

/* Is it "." or ".."? */
bool tree_is_dot(const char *name);

/* Open a folder below the open folder `at` (or AT_FDCWD); -1 with errno.  The caller closes it. */
int tree_open(int at, const char *path);

/* The same, to list it; NULL with errno. */
DIR *tree_list(int at, const char *name);

/* Remove a file, or a folder at most depth folders deep, below the open folder `at`; -1 with errno if
 * anything stays.  Others may remove the same. */
int tree_remove(int at, const char *name, int depth);

/* Sync all that is in an open folder, then the folder, at most depth folders deep; -1 with errno. */
int tree_sync(int folder, int depth);

/* Sync a folder itself.  -1 with errno; one that may be written but not read is left to the system. */
int tree_sync_folder(const char *folder);

#endif
