/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch.h - one file from an http or https address to the local disk, by libcurl; for remote.c.
 */
#ifndef PIPELINE_IO_FETCH_H
#define PIPELINE_IO_FETCH_H

#include <stdbool.h>

#include "pipeline/base/error.h"

/*
 * What remote_fetch() promises, of a real address.  address() gives it anew for every try (a signed
 * one ages); it returns a text to be freed, or NULL with e set.  name: for messages.
 * etag_is_md5: an ETag of 32 hexadecimal digits is the MD5 of the file.
 */
int fetch_file(char *(*address)(void *context, struct error *e), void *context, const char *name,
	       bool etag_is_md5, const char *local, struct error *e);

#endif
