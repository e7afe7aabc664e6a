/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/stage/slurm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/options_table.h"

/* Beside what balkhash may use by --memory: the parent, the shell, pages of files. */
#define MORE_BYTES ((size_t)256 << 20)

/* Seconds before the end of a job at which it is told. */
#define WARNING_S 60

/* A job that was asked to end puts itself back into the queue so many times. */
#define REQUEUES_MAX 5

/* A word as a shell takes it. */
static void put_quoted(FILE *f, const char *word)
{
	fprintf(f, " '");
	for (; *word; word++)
		fprintf(f, *word == '\'' ? "'\\''" : "%c", *word);
	fprintf(f, "'");
}

/* As many CPUs as threads were asked for; without a word one, for the submitting host's are no measure. */
static int cpus_of(const struct config *c)
{
	for (size_t i = 0; i < c->settings_nr; i++)
		if (!strcmp(c->settings[i].key, "threads") &&
		    strcmp(c->settings[i].origin, "built in") != 0)
			return c->options[COMMAND_SCENE].threads;
	return 1;
}

static void put_header(FILE *f, const struct slurm_job *job, const struct config *c)
{
	const struct options *o = &c->options[COMMAND_SLURM];
	size_t bytes = c->options[COMMAND_SCENE].memory + MORE_BYTES;

	fprintf(f, "#!/bin/bash\n#SBATCH --job-name=balkhash-%s\n", job->stage);
	fprintf(f, "#SBATCH --array=0-%zu", job->tasks - 1);
	if (o->tasks)
		fprintf(f, "%%%d", o->tasks);
	fprintf(f, "\n#SBATCH --cpus-per-task=%d\n#SBATCH --mem=%zuM\n", cpus_of(c),
		(bytes >> 20) + 1);
	fprintf(f, "#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --signal=B:TERM@%d\n",
		WARNING_S);
	if (o->partition)
		fprintf(f, "#SBATCH --partition=%s\n", o->partition);
	if (o->account)
		fprintf(f, "#SBATCH --account=%s\n", o->account);
}

/* Options of the command line that run takes too go to it. */
static void put_options(FILE *f, const struct config *c)
{
	const struct given_list *given = &c->options[COMMAND_SLURM].given;

	for (size_t i = 0; i < given->nr; i++) {
		const struct option_given *g = &given->items[i];

		if (!(g->spec->commands & COMMANDS(RUN)))
			continue;
		fprintf(f, " %s", g->spec->spelling);
		for (size_t k = 0; k < g->words_nr; k++)
			put_quoted(f, g->words[k]);
	}
}

static void put_command(FILE *f, const struct slurm_job *job, const struct config *c)
{
	put_quoted(f, job->program);
	fprintf(f, " run");
	put_quoted(f, job->config);
	put_options(f, c);
	fprintf(f, " --stages %s --threads \"${SLURM_CPUS_PER_TASK:-1}\"", job->stage);
	if (job->chunks) {
		fprintf(f, " --unit \"$(sed -n \"$((SLURM_ARRAY_TASK_ID + 1))p\"");
		put_quoted(f, job->chunks);
		fprintf(f, ")\"");
	}
}

char *slurm_script(const struct slurm_job *job, const struct config *config)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	put_header(f, job, config);
	/* bash takes a signal only between commands or in wait. */
	fprintf(f, "set -u\ntrap 'kill -TERM \"$pid\" 2>/dev/null' TERM\n");
	put_command(f, job, config);
	fprintf(f,
		" &\npid=$!\nwait \"$pid\"\nstatus=$?\n"
		"while kill -0 \"$pid\" 2>/dev/null; do wait \"$pid\"; status=$?; done\n"
		"# Asked to end, or others hold what is left: go on later.\n"
		"if [ \"$status\" = 75 ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt %d ]; then\n"
		"\tscontrol requeue \"$SLURM_JOB_ID\"\nfi\nexit \"$status\"\n",
		REQUEUES_MAX);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
