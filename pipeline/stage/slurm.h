/* SPDX-License-Identifier: Apache-2.0
 *
 * slurm.h - what the parts of the command "slurm" share:
 *
 *   slurm.c         the command: plan, scripts, submission
 *   slurm_script.c  the text of a batch script
 *
 * Scenes become one array of jobs, each with a chunk of units named by id, so that what arrives meanwhile changes nothing.
 * Mosaics follow after any end of it (one bad scene must not cancel them: run's own completeness decides), changes after
 * those.  All of them call `balkhash run`, which does only what is not done: a job that is requeued or runs twice does no harm.
 */
#ifndef PIPELINE_STAGE_SLURM_H
#define PIPELINE_STAGE_SLURM_H

#include <stddef.h>

#include "pipeline/base/config.h"

/* The jobs of one stage. */
struct slurm_job {
	const char *stage;  /* "scene", "mosaic", "change" */
	const char *folder; /* of scripts and logs */
	const char *
		chunks; /* file with a line of unit ids for each task; NULL: tasks share the stage's units */
	size_t tasks;	     /* of the array */
	const char *program; /* path of balkhash */
	const char *config;  /* path of the configuration */
};

/* The script, to be freed; NULL without memory. */
char *slurm_script(const struct slurm_job *job, const struct config *config);

#endif
