/* SPDX-License-Identifier: Apache-2.0
 *
 * lease.h - a claim on a piece of work, among processes of any number of hosts that share a folder.
 *
 * A lease is a small file that O_EXCL makes, so it works on network file systems where locks do not.
 * It says who holds it: host, boot, PID name space, PID and when that process began.  Its holder
 * touches it now and then.  It may be taken over from a process of this host that is no more, at
 * once, and from another host when it was not touched for its term, by the clock of the file
 * system that holds it.  Of several that try one gets it; but a
 * holder that was merely slow may then work on beside the new one: what they make must be published
 * whole and may be made twice (file.h's stages are such).
 */
#ifndef PIPELINE_BASE_LEASE_H
#define PIPELINE_BASE_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/error.h"

#define LEASE_WORDS 400

/* Zero is none.  One thread at a time. */
struct lease {
	char *path;
	char words[LEASE_WORDS]; /* what the file says */
	int term_s;
	bool taken_over;   /* from one who was gone */
	int64_t touched_s; /* when it was last touched, on the monotonic clock */
};

/*
 * Try to take the lease `name` in a folder that exists.  *taken = false: another one holds it.
 * PERMISSION, IO, CANTCREATE.
 */
int lease_take(struct lease *l, const char *folder, const char *name, int term_s, bool *taken,
	       struct error *e);

/*
 * Call at least once a second while it is held: touches the file four times a term.  TEMPORARY: another process
 * has taken it over.  IO: it cannot be touched.
 */
int lease_keep(struct lease *l, struct error *e);

/* Remove the file if it is still this lease's; release.  Accepts zero. */
void lease_drop(struct lease *l);

/* Is the lease `name` held by a process that lives, as far as this host can tell? */
bool lease_is_held(const char *folder, const char *name, int term_s);

/*
 * "HOST-BOOT-SPACE-PID" of this process, for names of files that are its own: letters, digits, '-' and '_'.  SPACE is the number
 * of the PID name space: containers of one host may share its name, and count their processes each from 1.
 */
#define LEASE_OWNER 96
void lease_owner(char text[LEASE_OWNER]);

#endif
