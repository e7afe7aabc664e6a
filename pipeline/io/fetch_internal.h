/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch_internal.h - what fetch.c (tries, waits, headers, statuses), fetch_file.c (onto the disk) and
 * fetch_document.c (into memory) share.
 */
#ifndef PIPELINE_IO_FETCH_INTERNAL_H
#define PIPELINE_IO_FETCH_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "pipeline/io/fetch.h"

/* What became of one try. */
enum fetch_outcome { FETCH_DONE, FETCH_AGAIN, FETCH_FAILED };

struct fetch;

/* Where the bytes go. */
struct fetch_sink {
	/* Before a try: options of f->curl, and headers to send.  -1: e is set. */
	int (*ask)(struct fetch *f, struct curl_slist **headers, struct error *e);
	/* Before the first byte of a body: may it come?  -1: f->refused is set. */
	int (*judge)(struct fetch *f);
	/* Some of the body.  -1: f->refused is set, or the status of an error says enough. */
	int (*take)(struct fetch *f, const char *data, size_t n);
	/* Where a redirection leads; NULL: anywhere.  -1: f->refused is set. */
	int (*follow)(struct fetch *f, const char *location);
	/* After a try that broke nothing: is it whole? */
	enum fetch_outcome (*finish)(struct fetch *f, struct error *e);
	enum error_code wrong_request; /* what a status of 4xx means that means nothing else */
};

/* Something on its way, over all tries.  The first member of what a sink knows of it. */
struct fetch {
	const struct fetch_sink *sink;
	const char *name; /* for messages */
	int64_t have;	  /* bytes of the body that were taken */
	/* Of the try under way: */
	CURL *curl;
	long status;	   /* 0: no answer */
	int64_t announced; /* bytes of the whole; -1: not said */
	int64_t from, to;  /* of Content-Range; -1: none */
	char etag[200], modified[200], md5[64];
	long retry_after_s;
	bool body;	      /* the first byte of the body has been judged */
	char said[200];	      /* how the page of an error begins, where the sink keeps that */
	struct error refused; /* why the body was not taken */
};

/* "cannot fetch NAME: WHAT" as the reason why no more is taken.  Always -1. */
int fetch_refuse(struct fetch *f, enum error_code code, const char *what);

/* Try until it is done, or fails for good.  address() as of fetch_file(). */
int fetch_try(struct fetch *f, char *(*address)(void *context, struct error *e), void *context,
	      struct error *e);

#endif
