/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/naming.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pipeline/base/file.h"
#include "pipeline/io/product.h"

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n > k && !strcasecmp(name + n - k, end);
}

static const char *const archives[] = {
	".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip",
};

const char *naming_archive_ending(const char *name)
{
	for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++)
		if (ends_with(name, archives[i]))
			return archives[i];
	return NULL;
}

size_t naming_mtl_stem(const char *name)
{
	const char *mtl = strcasestr(name, "_MTL.");

	return mtl && product_is_metadata(name) ? (size_t)(mtl - name) : 0;
}

/* Split at underscores, in place; how many fields there are, at most max. */
static size_t fields_of(char *name, char **field, size_t max)
{
	size_t n = 0;

	for (char *s = strtok_r(name, "_", &name); s; s = strtok_r(NULL, "_", &name)) {
		if (n == max)
			return max + 1;
		field[n++] = s;
	}
	return n;
}

static bool is_digits(const char *text, size_t n)
{
	return strlen(text) == n && strspn(text, "0123456789") == n;
}

bool naming_subject(const char *path, char subject[NAMING_SUBJECT])
{
	char name[NAMING_SUBJECT], copy[NAMING_SUBJECT], *f[9];
	const char *ending;
	size_t n;

	snprintf(name, sizeof(name), "%s", path_name(path));
	for (n = strlen(name); n > 1 && name[n - 1] == '/'; n--)
		name[n - 1] = 0;
	ending = naming_archive_ending(name);
	if (ending)
		name[strlen(name) - strlen(ending)] = 0;
	if (ends_with(name, ".SAFE") || ends_with(name, ".json"))
		name[strlen(name) - 5] = 0;
	n = naming_mtl_stem(path_name(path));
	if (n && n < sizeof(name))
		name[n] = 0;
	snprintf(copy, sizeof(copy), "%s", name);
	n = fields_of(copy, f, 9);
	/* Landsat: sensor, level, path and row, day, day of processing, collection, tier. */
	if (n >= 7 && strlen(f[0]) == 4 && f[0][0] == 'L' && strlen(f[1]) == 4 &&
	    is_digits(f[2], 6) && is_digits(f[3], 8) && is_digits(f[4], 8))
		snprintf(subject, NAMING_SUBJECT, "%s_%.2s_%s_%s", f[0], f[1], f[2], f[3]);
	/* Sentinel-2: mission, level, time, baseline, orbit, tile, discriminator. */
	else if (n == 7 && !strncmp(f[0], "S2", 2) && !strncmp(f[1], "MSI", 3) && f[3][0] == 'N' &&
		 f[4][0] == 'R' && f[5][0] == 'T')
		snprintf(subject, NAMING_SUBJECT, "%s_%s_%s_%s_%s", f[0], f[1], f[2], f[4], f[5]);
	else
		return false;
	return true;
}
