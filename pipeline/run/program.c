/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/run/program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Read to the end, so that the program is never left with a full pipe; keep the first line. */
static int read_line(int fd, char *line, size_t size)
{
	FILE *f = fdopen(fd, "r");
	char rest[4096];

	if (!f) {
		close(fd);
		return -1;
	}
	if (!fgets(line, (int)size, f))
		line[0] = 0;
	line[strcspn(line, "\n")] = 0;
	while (fread(rest, 1, sizeof(rest), f))
		;
	return fclose(f);
}

/* 0 or an errno. */
static int start(const char *const *argv, const int ends[2], pid_t *child)
{
	posix_spawn_file_actions_t actions;
	int ret = posix_spawn_file_actions_init(&actions);

	if (ret)
		return ret;
	ret = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (!ret)
		ret = posix_spawnp(child, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return ret;
}

int program_ask(const char *const *argv, char *line, size_t size, struct error *e)
{
	int ends[2], status = 0, ret;
	pid_t child;

	line[0] = 0;
	if (pipe2(ends, O_CLOEXEC))
		return error_errno(e, errno, "cannot start %s", argv[0]);
	ret = start(argv, ends, &child);
	close(ends[1]);
	if (ret) {
		close(ends[0]);
		return error_set(e, ERROR_UNAVAILABLE, "cannot start %s: %s", argv[0],
				 strerror(ret));
	}
	ret = read_line(ends[0], line, size);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return error_set(e, ERROR_UNAVAILABLE, "%s failed", argv[0]);
	return ret ? error_set(e, ERROR_IO, "cannot read what %s says", argv[0]) : 0;
}
