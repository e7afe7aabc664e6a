/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/xml_read.h"

#include <stdlib.h>
#include <string.h>

#include <cpl_vsi.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/gdal.h"

static CPLXMLNode *parse(const char *text, struct error *e)
{
	struct gdal_errors c;
	CPLXMLNode *tree;

	gdal_begin(&c);
	tree = CPLParseXMLString(text);
	if (gdal_end(&c, e, ERROR_DATA, "not XML")) {
		CPLDestroyXMLNode(tree);
		return NULL;
	}
	if (!tree)
		error_set(e, ERROR_DATA, "empty");
	else
		CPLStripXMLNamespace(tree, NULL, TRUE);
	return tree;
}

CPLXMLNode *xml_parse(const char *text, size_t n, struct error *e)
{
	CPLXMLNode *tree = NULL;
	char *copy;

	if (memchr(text, 0, n)) {
		error_set(e, ERROR_DATA, "not XML: a NUL byte");
		return NULL;
	}
	copy = strndup(text, n);
	if (!copy)
		error_nomem(e, "metadata");
	else if (strstr(copy, "<!DOCTYPE") || strstr(copy, "<!ENTITY"))
		error_set(e, ERROR_DATA, "it declares a document type or entities: refused");
	else if (!copy[strspn(copy, " \t\r\n")])
		error_set(e, ERROR_DATA, "empty");
	else
		tree = parse(copy, e);
	free(copy);
	return tree;
}

/* At most max bytes of a file, or one more than that. */
static char *read_bytes(const char *path, size_t max, size_t *n, struct error *e)
{
	VSILFILE *file = VSIFOpenL(path, "rb");
	char *text = NULL;
	VSIStatBufL st;

	if (!file || VSIStatL(path, &st)) {
		error_set(e, ERROR_IO, "cannot open it");
	} else if (st.st_size < 0 || (size_t)st.st_size > max) {
		error_set(e, ERROR_DATA, "larger than %zu MiB", max >> 20);
	} else if (!(text = malloc((size_t)st.st_size + 1))) {
		error_nomem(e, "metadata");
	} else {
		*n = VSIFReadL(text, 1, (size_t)st.st_size, file);
		if (*n != (size_t)st.st_size) {
			error_set(e, ERROR_IO, "read error");
			free(text);
			text = NULL;
		}
	}
	if (file)
		VSIFCloseL(file);
	return text;
}

CPLXMLNode *xml_read(const char *path, size_t max, struct error *e)
{
	CPLXMLNode *tree = NULL;
	size_t n = 0;
	char *text;

	if (folder_check_file(path, e))
		return NULL;
	text = read_bytes(path, max, &n, e);
	if (text)
		tree = xml_parse(text, n, e);
	if (!tree)
		error_prefix(e, "cannot read %s", path);
	free(text);
	return tree;
}

void xml_free(CPLXMLNode *tree)
{
	CPLDestroyXMLNode(tree);
}
