/* SPDX-License-Identifier: Apache-2.0
 *
 * intact.h - is all of an image file there?  Answered without decoding a pixel.
 */
#ifndef PIPELINE_IO_INTACT_H
#define PIPELINE_IO_INTACT_H

#include "pipeline/base/error.h"

/*
 * Check that a TIFF's or a JPEG 2000's parts lie inside the file: of a TIFF
 * every strip and tile of every directory (a sparse block has length 0 and is
 * not there on purpose); of a JPEG 2000 every box, every tile-part of the
 * codestream, and its end-of-codestream marker.  Reads the headers only: some kilobytes.
 * path: anything that VSIFOpenL() opens.  DATA: "is cut: 123 of 456 bytes" and the like; IO.
 */
int intact_check(const char *path, struct error *e);

#endif
