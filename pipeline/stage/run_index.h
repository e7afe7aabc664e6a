/* SPDX-License-Identifier: Apache-2.0
 *
 * run_index.h - the index of a run's results, for maps and queries: what there is, where, of when, made of what.
 *
 * Made of the item.json files in DIR/observations, DIR/mosaics and DIR/changes alone, so it may be removed at any time:
 *
 *   results   a row for each result: what it is, its footprint (multipolygon, EPSG:4326) or none, km2
 *   inputs    a row for each product or result that a result was made of
 *
 * As DIR/index.gpkg, or in PostGIS as tables DIRNAME_results and DIRNAME_inputs.  The same results give the same bytes.
 */
#ifndef PIPELINE_STAGE_RUN_INDEX_H
#define PIPELINE_STAGE_RUN_INDEX_H

#include <stdbool.h>

#include "pipeline/base/error.h"
#include "pipeline/base/log.h"

/*
 * See that the index is that of the results as they are now.  index: "none", "gpkg" or "PG:" and a connection.
 * overwrite: tables of the same names that are another result's may be replaced.
 *
 * Costs nothing where no result has come or gone since the last time, which the folders' times tell: GeoPackage by its own
 * time, PostGIS by that of the empty file DIR/ledger/index.postgis.  What else changes these folders (catalog.h) is
 * therefore done before.  An index that would have the same bytes is not written.
 *
 * The old index stands until the new one takes its place, whatever happens; what a killed process left beside it goes
 * with the next call that makes one, or with stage_sweep(DIR) and stage_sweep(DIR/ledger).  Any number may do it at once.
 * A result that is damaged or vanishes is left out, with a warning.  One result in memory at a time.
 *
 * Errors as file.h and vectors.h have them; CONFIG for another text than these.
 */
int run_index(const char *dir, const char *index, bool overwrite, const struct log *log,
	      struct error *e);

#endif
