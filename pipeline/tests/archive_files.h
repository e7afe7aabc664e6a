/* SPDX-License-Identifier: Apache-2.0
 *
 * archive_files.h - archives for tests, byte by byte, so that they can lie as well.
 */
#ifndef PIPELINE_TESTS_ARCHIVE_FILES_H
#define PIPELINE_TESTS_ARCHIVE_FILES_H

#include "pipeline/tests/product_files.h"

#include <archive.h>
#include <archive_entry.h>

#define ZIP_MEMBERS_MAX 8

struct bytes {
	unsigned char *data;
	size_t n, room;
};

static inline void bytes_add(struct bytes *b, const void *data, size_t n)
{
	if (b->n + n >= b->room) {
		b->room = 2 * (b->n + n) + 64;
		b->data = realloc(b->data, b->room);
		assert_non_null(b->data);
	}
	if (n)
		memcpy(b->data + b->n, data, n);
	b->n += n;
}

static inline void bytes_zeros(struct bytes *b, size_t n)
{
	void *zeros = calloc(n + 1, 1);

	assert_non_null(zeros);
	bytes_add(b, zeros, n);
	free(zeros);
}

/* Little-endian. */
static inline void bytes_number(struct bytes *b, uint64_t value, size_t n)
{
	for (; n--; value >>= 8)
		bytes_add(b, &(unsigned char){ (unsigned char)value }, 1);
}

static inline void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ 0 };
}

/* Set the checksum of a tar header. */
static inline void tar_sign(unsigned char header[512])
{
	unsigned sum = 0;

	memset(header + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
}

/* A ustar header alone: of a size that need not be true. */
static inline void tar_header(struct bytes *b, const char *name, char type, uint64_t size)
{
	unsigned char header[512] = { 0 };
	char digits[24];

	memcpy(header, name, strlen(name) < 100 ? strlen(name) : 100);
	memcpy(header + 100,
	       "0000644\0"
	       "0000000\0"
	       "0000000",
	       24);
	snprintf(digits, sizeof(digits), "%011llo", (unsigned long long)size);
	memcpy(header + 124, digits, 11);
	memcpy(header + 136, "00000000000", 11);
	header[156] = (unsigned char)type;
	memcpy(header + 257,
	       "ustar\0"
	       "00",
	       8);
	if (type == '1' || type == '2')
		memcpy(header + 157, "/etc/passwd", 11);
	tar_sign(header);
	bytes_add(b, header, sizeof(header));
}

static inline void tar_add(struct bytes *b, const char *name, char type, const void *data, size_t n)
{
	tar_header(b, name, type, n);
	bytes_add(b, data, n);
	bytes_zeros(b, (512 - n % 512) % 512);
}

static inline void tar_text(struct bytes *b, const char *name, const char *text)
{
	tar_add(b, name, '0', text, strlen(text));
}

static inline void tar_end(struct bytes *b)
{
	bytes_zeros(b, 1024);
}

/* The same bytes under a compression: "gzip", "bzip2", "xz". */
static inline struct bytes packed(const struct bytes *plain, const char *filter)
{
	struct bytes out = { .data = malloc(2 * plain->n + 65536) };
	struct archive_entry *entry = archive_entry_new();
	struct archive *a = archive_write_new();

	assert_non_null(out.data);
	assert_int_equal(archive_write_add_filter_by_name(a, filter), ARCHIVE_OK);
	assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
	archive_write_set_bytes_per_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, out.data, 2 * plain->n + 65536, &out.n),
			 ARCHIVE_OK);
	archive_entry_set_pathname(entry, "data");
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, plain->data, plain->n), plain->n);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	archive_entry_free(entry);
	return out;
}

/* A member of a zip; stored. */
struct zip_member {
	const char *name;
	const void *data;
	size_t n;
	unsigned flags, method, mode;
	size_t claim; /* size to be written instead of n, if not 0 */
	size_t place; /* where the directory looks for it, if not 0 */
};

static inline void zip_common(struct bytes *b, const struct zip_member *m)
{
	uint64_t size = m->claim ? m->claim : m->n;

	bytes_number(b, 20, 2);
	bytes_number(b, m->flags, 2);
	bytes_number(b, m->method, 2);
	bytes_number(b, 0, 8);
	bytes_number(b, size, 4);
	bytes_number(b, size, 4);
	bytes_number(b, strlen(m->name), 2);
	bytes_number(b, 0, 2);
}

static inline void zip_local(struct bytes *b, const struct zip_member *m)
{
	bytes_add(b, "PK\3\4", 4);
	zip_common(b, m);
	bytes_add(b, m->name, strlen(m->name));
	bytes_add(b, m->data, m->n);
}

static inline void zip_central(struct bytes *b, const struct zip_member *m, size_t place)
{
	bytes_add(b, "PK\1\2", 4);
	bytes_number(b, 3 << 8 | 20, 2);
	zip_common(b, m);
	bytes_number(b, 0, 6);
	bytes_number(b, 0, 2);
	bytes_number(b, m->mode, 2);
	bytes_number(b, m->place ? m->place : place, 4);
	bytes_add(b, m->name, strlen(m->name));
}

/* CRCs are 0: nobody who reads headers only looks at them. */
static inline struct bytes zip_of(const struct zip_member *members, size_t nr)
{
	size_t places[ZIP_MEMBERS_MAX], at;
	struct bytes b = { 0 };

	assert_true(nr <= ZIP_MEMBERS_MAX);
	for (size_t i = 0; i < nr; i++) {
		places[i] = b.n;
		zip_local(&b, &members[i]);
	}
	at = b.n;
	for (size_t i = 0; i < nr; i++)
		zip_central(&b, &members[i], places[i]);
	bytes_number(&b, 0x06054b50, 4);
	bytes_number(&b, 0, 4);
	bytes_number(&b, nr, 2);
	bytes_number(&b, nr, 2);
	bytes_number(&b, b.n - 12 - at, 4);
	bytes_number(&b, at, 4);
	bytes_number(&b, 0, 2);
	return b;
}

/* A product's tar: a text, an image and a file of zeros in data/P/. */
static inline struct bytes product_tar(void)
{
	char image[5000], zeros[3000] = { 0 };
	struct bytes b = { 0 };

	for (size_t i = 0; i < sizeof(image); i++)
		image[i] = (char)(i * 2654435761u >> 13);
	tar_add(&b, "data/", '5', NULL, 0);
	tar_text(&b, "data/P/P_MTL.txt", "GROUP = L1_METADATA_FILE\n");
	tar_add(&b, "data/P/P_B1.TIF", '0', image, sizeof(image));
	tar_add(&b, "data/P/P_B2.TIF", '0', zeros, sizeof(zeros));
	tar_end(&b);
	return b;
}

static inline struct bytes product_zip(void)
{
	static const char image[5000] = { 1, 2, 3 };
	const struct zip_member members[] = {
		{ .name = "P.SAFE/", .mode = 0040755 },
		{ .name = "P.SAFE/MTD_MSIL1C.xml", .data = "<a/>", .n = 4, .mode = 0100644 },
		{ .name = "P.SAFE/B01.jp2", .data = image, .n = sizeof(image) },
	};

	return zip_of(members, 3);
}

#endif
