/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#define CHUNK 65536 /* bytes read at once for a hash */

char *path_join(const char *folder, const char *name)
{
	size_t length = strlen(folder), size = length + strlen(name) + 2;
	char *path = malloc(size);

	if (!path)
		return NULL;
	memcpy(path, folder, length);
	if (length && folder[length - 1] != '/')
		path[length++] = '/';
	memcpy(path + length, name, strlen(name) + 1);
	return path;
}

const char *path_name(const char *path)
{
	const char *name = path;

	for (const char *s = path; *s; s++)
		if (*s == '/' && s[1] && s[1] != '/')
			name = s + 1;
	return name;
}

/* A file descriptor open for reading, or -1.  NONBLOCK: opening a pipe must not wait. */
static int open_regular(const char *path, uint64_t *size, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return error_errno(e, errno, "cannot open %s", path);
	if (fstat(fd, &st)) {
		error_errno(e, errno, "cannot look at %s", path);
	} else if (!S_ISREG(st.st_mode)) {
		error_set(e, ERROR_DATA, "cannot read %s: it is not a regular file", path);
	} else {
		*size = (uint64_t)st.st_size;
		return fd;
	}
	close(fd);
	return -1;
}

/* Up to size bytes, fewer only at the end of the file; -1 with errno. */
static ssize_t read_full(int fd, void *data, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, (char *)data + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

int file_read(const char *path, size_t cap, char **data, size_t *size, struct error *e)
{
	uint64_t expected = 0;
	char *buffer = NULL;
	ssize_t got;
	int ret = -1, fd = open_regular(path, &expected, e);

	if (fd < 0)
		return -1;
	if (expected > cap || expected >= SIZE_MAX) {
		error_set(e, ERROR_DATA, "cannot read %s: %llu bytes; %zu are allowed", path,
			  (unsigned long long)expected, cap);
		goto out;
	}
	buffer = malloc((size_t)expected + 1);
	if (!buffer) {
		error_nomem(e, path);
		goto out;
	}
	/* One byte more than expected: a file that grows meanwhile is noticed. */
	got = read_full(fd, buffer, (size_t)expected + 1);
	if (got < 0) {
		error_errno(e, errno, "cannot read %s", path);
	} else if ((uint64_t)got != expected) {
		error_set(e, ERROR_IO, "cannot read %s: its size changed meanwhile; try again",
			  path);
	} else {
		buffer[expected] = 0;
		*data = buffer;
		*size = (size_t)expected;
		buffer = NULL;
		ret = 0;
	}
out:
	free(buffer);
	close(fd);
	return ret;
}

static int write_full(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t wrote = write(fd, data, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		data += wrote;
		size -= (size_t)wrote;
	}
	return 0;
}

int file_write(const char *path, const void *data, size_t size, struct error *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int errnum = 0;

	if (fd < 0)
		return error_create(e, errno, "cannot create %s", path);
	if (write_full(fd, data, size) || fsync(fd))
		errnum = errno;
	if (close(fd) && !errnum)
		errnum = errno;
	if (!errnum)
		return 0;
	unlink(path);
	return error_errno(e, errnum, "cannot write %s", path);
}

int file_size(const char *path, uint64_t *size, struct error *e)
{
	int fd = open_regular(path, size, e);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static void to_hex(const unsigned char *digest, char hex[SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < (SHA256_HEX - 1) / 2; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[SHA256_HEX - 1] = 0;
}

static int hash_fd(int fd, EVP_MD_CTX *hash, const char *path, struct error *e)
{
	unsigned char *chunk = malloc(CHUNK);
	ssize_t got;
	int ret = -1;

	if (!chunk)
		return error_nomem(e, "a hash");
	do {
		got = read_full(fd, chunk, CHUNK);
		if (got < 0) {
			error_errno(e, errno, "cannot read %s", path);
			goto out;
		}
		if (EVP_DigestUpdate(hash, chunk, (size_t)got) != 1) {
			error_set(e, ERROR_BUG, "cannot hash %s: libcrypto failed", path);
			goto out;
		}
	} while (got);
	ret = 0;
out:
	free(chunk);
	return ret;
}

int file_sha256(const char *path, char hex[SHA256_HEX], struct error *e)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	uint64_t size;
	EVP_MD_CTX *hash = NULL;
	int ret = -1, fd = open_regular(path, &size, e);

	if (fd < 0)
		return -1;
	hash = EVP_MD_CTX_new();
	if (!hash || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) {
		error_set(e, ERROR_BUG, "cannot hash %s: libcrypto has no SHA-256", path);
		goto out;
	}
	if (hash_fd(fd, hash, path, e))
		goto out;
	if (EVP_DigestFinal_ex(hash, digest, NULL) != 1) {
		error_set(e, ERROR_BUG, "cannot hash %s: libcrypto failed", path);
		goto out;
	}
	to_hex(digest, hex);
	ret = 0;
out:
	EVP_MD_CTX_free(hash);
	close(fd);
	return ret;
}

void memory_sha256(const void *data, size_t size, char hex[SHA256_HEX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	/* Only a broken libcrypto fails here; a hash made up would pass for an identity. */
	if (EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	to_hex(digest, hex);
}
