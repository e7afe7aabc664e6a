/* SPDX-License-Identifier: Apache-2.0
 *
 * log_codes.h - the one table of events: a stable word for each, for programs that read the log.
 *
 * A word, once released, keeps its meaning; the words for people beside it may change.  The
 * table in docs/operations.md is this one, which a test checks: one entry a line.
 */
#ifndef PIPELINE_BASE_LOG_CODES_H
#define PIPELINE_BASE_LOG_CODES_H

/* One entry a line. */
/* clang-format off */
#define LOG_CODES(CODE) \
	CODE(MESSAGE,             "message",              "anything without a code of its own") \
	CODE(PROGRESS,            "progress",             "a tenth of a piece of work is done: `percent`, and `left_s` where the time left can be told") \
	CODE(COMMAND_FAILED,      "command.failed",       "the last line of a command that failed: `status` is its exit status") \
	CODE(STAGE_START,         "stage.start",          "threads and memory that a scene, mosaic or change will take") \
	CODE(STAGE_DISK,          "stage.disk",           "disk that a mosaic will take beside its result") \
	CODE(STAGE_BLOCKS,        "stage.blocks",         "blocks of the product that were decoded") \
	CODE(STAGE_TIMING,        "stage.timing",         "where time went (--timing): `wall_ms` and `cpu_ms` of a pass, `thread_ms` of a kind of work") \
	CODE(PRODUCT_FAILED,      "product.failed",       "one of several products or granules failed, the others go on: `status` is its exit status") \
	CODE(PRODUCT_LEFT_OUT,    "product.left-out",     "a newer version of the same product is taken instead") \
	CODE(PRODUCT_ARRIVING,    "product.arriving",     "files of a product still change or are not all there: it waits") \
	CODE(PRODUCT_REPLACED,    "product.replaced",     "a product came in a newer version: its result is made again") \
	CODE(RESULT_DONE,         "result.done",          "a result was published") \
	CODE(RESULT_SKIPPED,      "result.skipped",       "the result is there already, from the same inputs") \
	CODE(RESULT_ELSEWHERE,    "result.elsewhere",     "another process published the same result meanwhile") \
	CODE(TRANSECTS_NONE,      "transects.none",       "no transects can be cast, and why") \
	CODE(WARNING_PRODUCT,     "warning.product",      "the product's metadata are odd") \
	CODE(WARNING_OFFSET,      "warning.offset",       "dark pixels say that the offset of Sentinel-2 values is wrong in this copy") \
	CODE(WARNING_MASK_VALUES, "warning.mask-values",  "pixels with mask values that the product's definition does not list") \
	CODE(WARNING_CLOUD_MASK,  "warning.cloud-mask",   "a cloud mask of its own was asked for and cannot be made") \
	CODE(WARNING_THRESHOLD,   "warning.threshold",    "the histogram of an index gives no threshold: the fixed one is taken") \
	CODE(WARNING_AREAS,       "warning.areas",        "areas of basins and the unseen part of the lake are left out") \
	CODE(WARNING_WINDOW,      "warning.window",       "no observation sees any pixel of this window of a mosaic") \
	CODE(WARNING_SAME_RESULT, "warning.same-result",  "two periods of a change are the same result") \
	CODE(WARNING_ORDER,       "warning.order",        "a period of a change is later than the one behind it") \
	CODE(WARNING_LAKES,       "warning.lakes",        "periods of a change are of different lakes") \
	CODE(WARNING_COMPARISON,  "warning.comparison",   "seasons, levels or extents of BEFORE and AFTER differ") \
	CODE(WARNING_TRANSECTS,   "warning.transects",    "no shore crosses any transect") \
	CODE(WARNING_FILES,       "warning.files",        "a result's folder holds files that its item.json does not list, or cannot be listed") \
	CODE(WARNING_UNKNOWN,     "warning.unknown",      "verify found what the ledger does not know, what another host may be at, or no catalogue") \
	CODE(WARNING_CONFIG,      "warning.config",       "a BALKHASH_ variable that is no key") \
	CODE(WARNING_METRICS,     "warning.metrics",      "the metrics file cannot be written; the run goes on") \
	CODE(WARNING_CATALOG,     "warning.catalog",      "catalogue or index cannot be written, and the next run tries again; or a damaged result is not in it") \
	CODE(RUN_START,           "run.start",            "units planned, and what of them is to be done") \
	CODE(RUN_IDLE,            "run.idle",             "nothing to do") \
	CODE(RUN_STOPPING,        "run.stopping",         "SIGTERM or SIGINT: no new unit is started") \
	CODE(RUN_SUMMARY,         "run.summary",          "the last line of a run: what was done, failed, is left") \
	CODE(UNIT_START,          "unit.start",           "work on a unit begins") \
	CODE(UNIT_DONE,           "unit.done",            "a unit's result is published") \
	CODE(UNIT_FAILED,         "unit.failed",          "a unit failed: `status` is its exit status") \
	CODE(UNIT_RETRY,          "unit.retry",           "a unit that failed for a cause that passes (69, 74, 75) will be tried again, and when") \
	CODE(UNIT_QUARANTINED,    "unit.quarantined",     "a unit is not tried again until its inputs, the options or the program change") \
	CODE(UNIT_WAITS,          "unit.waits",           "a mosaic or a change waits for what it is made of") \
	CODE(LEASE_HELD,          "lease.held",           "another worker has the unit") \
	CODE(LEASE_TAKEN_OVER,    "lease.taken-over",     "the lease of a worker that is gone was taken over") \
	CODE(LEASE_LOST,          "lease.lost",           "this worker's lease was taken over: its attempt is given up") \
	CODE(ALERT_NO_PRODUCTS,   "alert.no-products",    "no new product came for as many days as alert-days says")
/* clang-format on */

#define LOG_CODE_ENUM(name, word, meaning) CODE_##name,
enum log_code { LOG_CODES(LOG_CODE_ENUM) CODE_NR };
#undef LOG_CODE_ENUM

/* "unit.done" of a code below CODE_NR. */
const char *log_code_word(enum log_code code);

#endif
