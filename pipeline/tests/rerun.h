/* SPDX-License-Identifier: Apache-2.0
 *
 * rerun.h - run the test program itself again, as on a CPU without AVX2 and FMA:
 * glibc then takes other sin(), cos() and exp(), with other last bits.
 */
#ifndef PIPELINE_TESTS_RERUN_H
#define PIPELINE_TESTS_RERUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define RERUN_OLD_CPU "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"

/* FNV-1a, 64 bits, of n more bytes; begin with 0. */
static inline uint64_t rerun_hash(uint64_t hash, const void *data, size_t n)
{
	const unsigned char *byte = data;

	hash = hash ? hash : 0xcbf29ce484222325u;
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3u;
	return hash;
}

/* What "test --hash" writes, with GLIBC_TUNABLES set so (NULL: unset).  -1 if it failed. */
static inline int rerun(const char *tunables, char *text, size_t size)
{
	char self[4096];
	int ends[2], status;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	/* By its name: valgrind, which shows the right one, is what /proc/self/exe itself would run. */
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0 || pipe(ends))
		return -1;
	self[n] = 0;
	pid = fork();
	if (pid == 0) {
		if (tunables)
			setenv("GLIBC_TUNABLES", tunables, 1);
		else
			unsetenv("GLIBC_TUNABLES");
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(self, self, "--hash", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while (pid > 0 && used < size - 1 && (n = read(ends[0], text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = 0;
	close(ends[0]);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

#endif
