/* SPDX-License-Identifier: Apache-2.0
 *
 * slurm.c - the command "slurm": a configuration's run on a cluster.
 */
#include "pipeline/stage/slurm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/lease.h"
#include "pipeline/base/utc.h"
#include "pipeline/run/program.h"
#include "pipeline/stage/plan.h"
#include "pipeline/stage/stages.h"

/* Slurm's default limit on an array (MaxArraySize), and how short a task should not be [s]. */
#define TASKS_MAX 1000
#define TASK_S	  120

/* Unit ids in a chunk need no more digits to be told apart. */
#define ID_DIGITS 16

struct submission {
	const struct context *context;
	const struct config *config;
	struct plan plan;
	char *folder, *chunks, *config_path, *program; /* absolute */
	size_t chunk, tasks;			       /* units a task; tasks of the scenes */
	char last[40];				       /* job that was submitted before */
};

/* --- chunks --- */

static size_t count_todo(const struct plan *p)
{
	return plan_count(p, PLAN_SCENE, PLAN_TODO);
}

/* As the user says; else tasks of two minutes by the plan's estimate, within what an array may hold. */
static void choose_chunk(struct submission *s)
{
	const int asked = s->config->options[COMMAND_SLURM].chunk;
	size_t todo = count_todo(&s->plan), least = (todo + TASKS_MAX - 1) / TASKS_MAX;
	double seconds = 0;

	for (size_t i = 0; i < s->plan.nr; i++)
		if (s->plan.unit[i].state == PLAN_TODO)
			seconds += plan_seconds(&s->plan, &s->plan.unit[i]);
	s->chunk = asked	 ? (size_t)asked
		   : seconds > 0 ? (size_t)(TASK_S * (double)todo / seconds)
				 : 1;
	if (s->chunk > todo)
		s->chunk = todo;
	if (s->chunk < least)
		s->chunk = least;
	if (!s->chunk)
		s->chunk = 1;
	s->tasks = (todo + s->chunk - 1) / s->chunk;
}

static int write_chunks(struct submission *s, struct error *e)
{
	char *text = NULL;
	size_t size, n = 0;
	FILE *f = open_memstream(&text, &size);
	int ret;

	if (!f)
		return error_nomem(e, "the chunks");
	for (size_t i = 0; i < s->plan.nr; i++) {
		if (s->plan.unit[i].state != PLAN_TODO)
			continue;
		fprintf(f, "%s%.*s",
			!n	       ? ""
			: n % s->chunk ? ","
				       : "\n",
			ID_DIGITS, s->plan.unit[i].id);
		n++;
	}
	fprintf(f, "\n");
	ret = fclose(f) ? error_nomem(e, "the chunks") : file_replace(s->chunks, text, size, e);
	free(text);
	return ret;
}

/* --- jobs --- */

/* "--output=FOLDER/STAGE-%a.log" as sbatch takes it; to be freed. */
static char *log_option(const struct submission *s, const char *stage)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "--output=");
	for (const char *c = s->folder; *c; c++)
		fprintf(f, *c == '%' ? "%%%%" : "%c", *c);
	fprintf(f, "/%s-%%a.log", stage);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

/* Keep the id of the job, which sbatch prints.  The job before is waited for, however it ends. */
static int submit(struct submission *s, const char *stage, const char *script, struct error *e)
{
	char after[64], line[80], *log = log_option(s, stage);
	const char *argv[] = { "sbatch", "--parsable", log, script, NULL, NULL };
	size_t digits;
	int ret;

	snprintf(after, sizeof(after), "--dependency=afterany:%s", s->last);
	if (s->last[0]) {
		argv[3] = after;
		argv[4] = script;
	}
	ret = log ? program_ask(argv, line, sizeof(line), e) : error_nomem(e, "a command");
	free(log);
	if (ret)
		return -1;
	digits = strspn(line, "0123456789");
	if (!digits)
		return error_set(e, ERROR_UNAVAILABLE, "sbatch said '%s', no job", line);
	snprintf(s->last, sizeof(s->last), "%.*s", (int)digits, line);
	return 0;
}

static int make_job(struct submission *s, const char *stage, const char *chunks, size_t tasks,
		    struct error *e)
{
	const struct slurm_job job = {
		stage, s->folder, chunks, tasks, s->program, s->config_path
	};
	const bool dry = s->context->options->dry_run;
	char *text = slurm_script(&job, s->config), *path = NULL;
	int ret = 0;

	if (!text || asprintf(&path, "%s/%s.sh", s->folder, stage) < 0) {
		free(text);
		return error_nomem(e, "a script");
	}
	if (dry)
		printf("# %s\n%s\n", path, text);
	else if (!(ret = file_replace(path, text, strlen(text), e)) &&
		 !(ret = submit(s, stage, path, e)))
		printf("%s %s\n", s->last, path);
	free(path);
	free(text);
	return ret;
}

static size_t at_most(size_t n, int tasks)
{
	size_t most = tasks ? (size_t)tasks : n;

	n = n < most ? n : most;
	return n ? n : 1;
}

static int make_jobs(struct submission *s, struct error *e)
{
	const struct config *c = s->config;
	const int at_once = c->options[COMMAND_SLURM].tasks;
	bool changes = c->changes_nr || strcmp(c->options[COMMAND_RUN].changes, "none") != 0;

	choose_chunk(s);
	if (s->tasks && !s->context->options->dry_run && write_chunks(s, e))
		return -1;
	if (s->tasks && make_job(s, "scene", s->chunks, s->tasks, e))
		return -1;
	/* Tasks of these share what is to be done by leases. */
	if (c->periods_nr && make_job(s, "mosaic", NULL, at_most(c->periods_nr, at_once), e))
		return -1;
	if (c->periods_nr > 1 && changes && make_job(s, "change", NULL, 1, e))
		return -1;
	return 0;
}

/* --- the command --- */

static char *own_path(void)
{
	return realpath("/proc/self/exe", NULL);
}

/* DIR/ledger/slurm/TIME-WORKER, absolute. */
static int make_folder(struct submission *s, struct error *e)
{
	char owner[LEASE_OWNER], now[UTC_TEXT], *name = NULL, *path = NULL;
	int ret = -1;

	lease_owner(owner);
	utc_format(time(NULL), now);
	for (char *c = now; *c; c++)
		*c = *c == ':' ? '-' : *c;
	if (asprintf(&name, "slurm/%s-%s", now, owner) < 0 ||
	    !(path = ledger_path(s->plan.ledger, name)))
		error_nomem(e, "a path");
	else
		ret = s->context->options->dry_run ? 0 : folders_make(path, e);
	if (!ret && s->context->options->dry_run)
		s->folder = strdup(path);
	else if (!ret)
		s->folder = realpath(path, NULL);
	s->chunks = s->folder ? path_join(s->folder, "chunks") : NULL;
	s->config_path = realpath(s->config->path, NULL);
	s->program = own_path();
	if (!ret && (!s->chunks || !s->config_path || !s->program))
		ret = error_errno(e, errno, "cannot find the paths of a job");
	free(name);
	free(path);
	return ret;
}

static int with_config(const struct context *context, const struct config *config, struct error *e)
{
	struct submission s = { .context = context, .config = config };
	size_t missed;
	int ret = -1;

	if (!plan_open(&s.plan, config, context->log, time(NULL), &missed, e) &&
	    !make_folder(&s, e))
		ret = make_jobs(&s, e);
	plan_release(&s.plan);
	free(s.program);
	free(s.config_path);
	free(s.chunks);
	free(s.folder);
	return ret;
}

int slurm_command(const struct context *context, struct error *e)
{
	struct config config;
	int ret;

	if (config_read(&config, context->options->paths[0], context->options, e))
		return -1;
	ret = context->options->dump_config ? config_dump(&config, stdout, e)
					    : with_config(context, &config, e);
	config_release(&config);
	return ret;
}
