/* SPDX-License-Identifier: Apache-2.0
 *
 * remote.h - products on a web server or in a bucket, fetched to the local disk.
 *
 * GDAL 3.6 may deliver blanks when a connection drops, so whole files are
 * fetched by libcurl, and a file counts only when as many bytes as the server
 * announced have come.  GDAL lists folders and signs addresses of buckets
 * (AWS_* environment as in GDAL), so its configuration is the only one.
 */
#ifndef PIPELINE_IO_REMOTE_H
#define PIPELINE_IO_REMOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/error.h"

/* No single file and no product may be larger. */
#define REMOTE_FILE_BYTES_MAX	 ((size_t)8 << 30)
#define REMOTE_PRODUCT_BYTES_MAX ((size_t)32 << 30)

/* True for "/vsicurl/...", "/vsis3/...", "http://...", "https://...", "s3://...". */
bool remote_is(const char *path);

/* The path in GDAL's spelling ("/vsicurl/https://..."), to be freed; NULL if there is no memory. */
char *remote_vsi(const char *path);

/* Host and port of a path ("data.example.org:8080"; the bucket of /vsis3/), to be freed; or NULL. */
char *remote_host(const char *path);

/*
 * True if an address lies at the same host and port as own (a path of any kind: one that is not remote has
 * no host), or at one of hosts ("a.example.org,b.example.org:8080"; NULL: none).
 */
bool remote_allowed(const char *address, const char *own, const char *hosts);

/*
 * Fetch one file to a new local file, which appears under its name only when it
 * is whole: Content-Length agrees, a range that was asked for is the one that
 * came, an MD5 that the server promises (Content-MD5, or the ETag of an S3
 * object in one part) agrees.  What breaks off is continued where it stopped if
 * the server can (If-Range), else begun anew.  Tried 5 times, 1, 2, 4 and 8 s
 * apart ($BALKHASH_HTTP_RETRY_MS sets the first wait), after 429, 5xx, short
 * bodies, stalls (less than 1 byte/s for 30 s; $BALKHASH_HTTP_STALL_S).
 *
 * NOINPUT: 404, 410.  PERMISSION: 401, 403.  UNAVAILABLE: still failing after the
 * last try (the message has the last cause and the number of tries).  DATA: larger
 * than REMOTE_FILE_BYTES_MAX.  IO: the local disk.
 */
int remote_fetch(const char *path, const char *local, struct error *e);

/*
 * Fetch a product into an existing empty folder.  path: a remote folder, an
 * archive, a metadata file whose siblings are the product, or a STAC Item (".json", or as an API names
 * it: ".../collections/NAME/items/ID").  *local: the path
 * in `folder` that stands for it, to be freed.  All files of a folder that the server can
 * list (a bucket, or a web server with an index); where it cannot, those that the metadata
 * names.  Errors as remote_fetch(); CONFIG if the disk has too little room.
 */
int remote_stage(char **local, const char *path, const char *folder, struct error *e);

#endif
