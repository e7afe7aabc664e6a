/* SPDX-License-Identifier: Apache-2.0
 *
 * map_internal.h - what the parts of a map for a report share.
 */
#ifndef PIPELINE_IO_MAP_INTERNAL_H
#define PIPELINE_IO_MAP_INTERNAL_H

#include "pipeline/io/map_picture.h"

/* Text is black on white, what matters less grey. */
#define MAP_INK	 0x202020
#define MAP_GREY 0x707070

/* White space at the edges of the page. */
#define MAP_EDGE 32

extern const struct canvas_style map_plain, map_bold, map_small;

/* One at another side of its point. */
struct canvas_style map_aligned(struct canvas_style style, enum canvas_align align);

/* The colour at a pixel of the page where there are no data: hatched. */
uint32_t map_no_data(int32_t x, int32_t y);

/* Draw the map with its upper left corner at x, y of the page. */
void map_image_draw(struct canvas *c, const struct map_picture *p, const struct map_frame *f,
		    struct canvas_point at);

/* How many of the lines are drawn, and to draw them over the map. */
size_t map_lines_nr(const struct map_picture *p, const struct map_frame *f);
void map_lines_draw(struct canvas *c, const struct map_picture *p, const struct map_frame *f,
		    struct canvas_point at);

/* Height of the legend in so many columns; draw it in r (its height aside). */
int32_t map_legend_height(const struct map_picture *p, const struct map_frame *f, int columns);
void map_legend_draw(struct canvas *c, const struct map_picture *p, const struct map_frame *f,
		     struct rect r, int columns);

/* Height of the table of areas with its title and notes; draw it at y over the whole page. */
int32_t map_table_height(const struct map_picture *p);
void map_table_draw(struct canvas *c, const struct map_picture *p, int32_t y);

#endif
