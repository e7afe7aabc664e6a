/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/xml_read.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/gdal.h"

static CPLXMLNode *parse(const char *text, struct error *e)
{
	struct gdal_errors c;
	CPLXMLNode *tree;

	gdal_begin(&c);
	tree = CPLParseXMLString(text);
	if (gdal_end(&c, e, ERROR_DATA, "not XML")) {
		/* GDAL quotes the text, whose words are not the system's ("Disk quota"). */
		e->code = ERROR_DATA;
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

CPLXMLNode *xml_read(const char *path, size_t max, struct error *e)
{
	CPLXMLNode *tree;
	size_t n = 0;
	char *text;

	if (folder_read_file(path, max, &text, &n, e))
		return NULL;
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
