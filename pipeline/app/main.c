/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/app/version.h"
#include "pipeline/base/context.h"
#include "pipeline/io/gdal.h"
#include "pipeline/stage/stages.h"

/* Blocks of products are read past GDAL's own cache (blocks.h); it only serves small rasters. */
#define GDAL_CACHE_BYTES ((size_t)16 << 20)

static int (*const commands[COMMAND_NR])(const struct context *context, struct error *e) = {
	[COMMAND_INFO] = info_command,	   [COMMAND_SCENE] = scene_command,
	[COMMAND_MOSAIC] = mosaic_command, [COMMAND_CHANGE] = change_command,
	[COMMAND_RUN] = run_command,	   [COMMAND_STATUS] = status_command,
	[COMMAND_VERIFY] = verify_command, [COMMAND_SLURM] = slurm_command,
};

/*
 * A file opened as descriptor 0, 1 or 2, which the caller may have closed, would get what is
 * printed.
 */
static int open_standard_streams(struct error *e)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return error_errno(e, errno, "cannot open /dev/null");
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

static enum log_level log_level(const struct options *o)
{
	if (o->verbose)
		return LOG_DEBUG;
	return o->quiet ? LOG_WARNING : LOG_INFO;
}

static int find_kernels(const struct kernels **kernels, const char *isa, struct error *e)
{
	char list[200] = "";

	*kernels = kernels_find(isa);
	if (*kernels)
		return 0;
	for (size_t i = 0; kernels_name(i); i++) {
		size_t n = strlen(list);

		if (kernels_find(kernels_name(i)))
			snprintf(list + n, sizeof(list) - n, "%s%s", n ? ", " : "",
				 kernels_name(i));
	}
	return error_set(e, ERROR_USAGE, "--isa %s is nothing this machine runs; it runs %s",
			 isa ? isa : "", list);
}

static int run(struct log *log, struct options *o, int argc, char **argv, struct error *e)
{
	struct context context = { .options = o, .log = log };
	struct timing timing;
	enum command command;
	int ret;

	if (open_standard_streams(e) || options_environment(o, environ, e))
		return -1;
	ret = options_parse(o, &command, argc, argv, stdout, e);
	/* What is wrong behind --log-format is told in that format too. */
	if (o->log_format && !strcmp(o->log_format, "json"))
		log->format = LOG_JSON;
	if (ret)
		return -1;
	log->level = log_level(o);
	log->stage = command_name(command);
	for (size_t i = 0; i < o->warnings.nr; i++)
		log_event(log, LOG_WARNING, CODE_WARNING_CONFIG, "%s", o->warnings.values[i]);
	if (command == COMMAND_NONE)
		return 0;
	if (find_kernels(&context.kernels, o->isa, e))
		return -1;
	if (command == COMMAND_VERSION) {
		version_print(context.kernels, stdout);
		return 0;
	}
	gdal_setup(GDAL_CACHE_BYTES);
	if (o->timing)
		context.timing = &timing;
	timing_begin(context.timing);
	ret = commands[command](&context, e);
	timing_lap(context.timing, "end");
	if (!ret && o->timing)
		timing_print(&timing, o->threads, log);
	return ret;
}

int main(int argc, char **argv)
{
	struct log log;
	struct options options;
	struct error e = { 0 };
	int ret;

	/* A file that may not grow gives an error where it is written, not the end of the process. */
	signal(SIGXFSZ, SIG_IGN);
	/* Passes take and give back the same tiles again and again: touching their pages anew costs a tenth of a scene. */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	log_setup(&log, stderr, getenv("JOURNAL_STREAM"));
	options_init(&options);
	ret = run(&log, &options, argc, argv, &e);
	if (!ret && fflush(stdout))
		ret = error_errno(&e, errno, "cannot write to standard output");
	if (ret)
		log_failure(&log, CODE_COMMAND_FAILED, NULL, &e);
	options_release(&options);
	return ret ? (int)e.code : 0;
}
