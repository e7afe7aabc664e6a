/* SPDX-License-Identifier: Apache-2.0
 *
 * file_left.h - what a process that was killed left in a folder: stages and results put aside
 * (file_stage.c), files that were to replace others (file_replace.c).  Nothing is changed.  Any thread.
 */
#ifndef PIPELINE_BASE_FILE_LEFT_H
#define PIPELINE_BASE_FILE_LEFT_H

enum left {
	LEFT_NONE,   /* something else */
	LEFT_BEHIND, /* nobody works on it any more */
	LEFT_BUSY,   /* a process of this host works on it */
	LEFT_ELSEWHERE, /* a process of another host works on it, or has left it: not to be seen from here */
};

/* What the entry of this name is in a folder. */
enum left file_left(const char *folder, const char *name);

#endif
