/* SPDX-License-Identifier: Apache-2.0
 *
 * output_internal.h - what the files of output.h share.
 */
#ifndef PIPELINE_IO_OUTPUT_INTERNAL_H
#define PIPELINE_IO_OUTPUT_INTERNAL_H

#include "pipeline/base/file.h"
#include "pipeline/io/output.h"

struct output_layer {
	const struct layer *layer;
	char file[80];
	struct geotiff_spec spec; /* path and items are gone after geotiff_create() */
	struct geotiff *geotiff;  /* NULL once finished */
	struct geotiff_statistics statistics;
	size_t slot_at; /* where its part of a slot starts */
};

/* A file that is not a layer. */
struct output_file {
	char *name, *title, *media_type, *role;
};

struct output {
	const struct context *context;
	char unit[SHA256_HEX];
	struct grid grid;
	struct stage stage;
	struct deflaters *deflaters;
	struct output_layer *layer;
	size_t layers_nr, slot_size;
	struct output_file *file;
	size_t files_nr;
};

#define OUTPUT_PICTURE "quicklook.png"

/* Threads for the overviews of one of so many layers, several of which are finished at the same time. */
int output_layer_threads(const struct options *options, size_t layers_nr);

/* Write OUTPUT_PICTURE of a finished layer into the stage folder. */
int output_draw(const struct output *o, const struct output_picture *picture, struct error *e);

#endif
