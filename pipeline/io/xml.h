/* SPDX-License-Identifier: Apache-2.0
 *
 * xml.h - text inside XML.
 */
#ifndef PIPELINE_IO_XML_H
#define PIPELINE_IO_XML_H

#include <stdio.h>

/*
 * Write UTF-8 text so that it may stand in an element or in a quoted attribute:
 * & < > " ' as entities; control characters, which XML 1.0 cannot hold, as
 * blanks.  times: 1; or 2 where the reader resolves entities twice.  The stream
 * remembers errors.
 */
void xml_text(FILE *out, const char *text, int times);

#endif
