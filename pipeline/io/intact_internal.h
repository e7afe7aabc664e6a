/* SPDX-License-Identifier: Apache-2.0
 *
 * intact_internal.h - the two formats behind intact.h.
 */
#ifndef PIPELINE_IO_INTACT_INTERNAL_H
#define PIPELINE_IO_INTACT_INTERNAL_H

#include "pipeline/io/probe.h"

/* As intact_check(), of a file whose first bytes showed the format. */
int intact_tiff(struct probe *p, struct error *e);
int intact_jp2(struct probe *p, struct error *e);

/* The file ends before a part of it does: DATA; always -1. */
int intact_cut(const struct probe *p, uint64_t offset, uint64_t n, struct error *e,
	       const char *what);

#endif
