/* SPDX-License-Identifier: Apache-2.0
 *
 * xml_read.h - XML of foreign making, by GDAL's parser, which knows no entities but the five of XML.
 */
#ifndef PIPELINE_IO_XML_READ_H
#define PIPELINE_IO_XML_READ_H

#include <stddef.h>

#include <cpl_minixml.h>

#include "pipeline/base/error.h"

/*
 * Parse n bytes; every name loses its namespace.  DATA: not well-formed (a cut
 * file), empty, a NUL byte inside, a document type (whose entities could mean
 * anything).  NULL with e set, else to be freed with xml_free().
 */
CPLXMLNode *xml_parse(const char *text, size_t n, struct error *e);

/* The same of a file of at most max bytes; errors name it.  NOINPUT, PERMISSION, IO. */
CPLXMLNode *xml_read(const char *path, size_t max, struct error *e);
void xml_free(CPLXMLNode *tree);

#endif
