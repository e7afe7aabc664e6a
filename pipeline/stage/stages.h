/* SPDX-License-Identifier: Apache-2.0
 *
 * stages.h - what the program does, one function a command.
 *
 * Each takes the paths in context->options, writes its data to stdout where the
 * command has any (info, verify, the names of results), talks on context->log,
 * and returns 0 or -1 with e.  A batch goes on after a bad product: every failure is
 * logged where it happens, and the last one decides: PARTIAL where several products
 * were given and not all failed alike, else the product's own code.
 */
#ifndef PIPELINE_STAGE_STAGES_H
#define PIPELINE_STAGE_STAGES_H

#include "pipeline/base/context.h"
#include "pipeline/base/error.h"

int info_command(const struct context *context, struct error *e);
int scene_command(const struct context *context, struct error *e);
int mosaic_command(const struct context *context, struct error *e);
int change_command(const struct context *context, struct error *e);
int run_command(const struct context *context, struct error *e);
int status_command(const struct context *context, struct error *e);
int slurm_command(const struct context *context, struct error *e);
int verify_command(const struct context *context, struct error *e);

#endif
