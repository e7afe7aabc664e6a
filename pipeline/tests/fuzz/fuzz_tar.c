/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a tar that is read in place: where its member "a" lies, inside of it, or nowhere.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pipeline/io/file_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file_part p;
	char path[60];
	int fd = memfd_create("tar", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/vsitar/{/proc/self/fd/%d}/a", fd);
	if (file_part_open(&p, path)) {
		/* Behind its header, which has its name. */
		if (p.at < 512 || p.at >= size || !p.size || p.size > size - p.at)
			abort();
		if (data[p.at - 512] != 'a' && data[p.at - 512] != '.')
			abort();
	} else if (p.fd != -1) {
		abort();
	}
	file_part_close(&p);
	close(fd);
	return 0;
}
