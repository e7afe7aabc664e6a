/* SPDX-License-Identifier: Apache-2.0
 *
 * mtl_xml.c - the XML form of Landsat metadata.
 */
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/mtl_internal.h"
#include "pipeline/io/xml_read.h"

/* The text of an element without elements; "" if it has none. */
static const char *text_of(const CPLXMLNode *element)
{
	for (const CPLXMLNode *n = element->psChild; n; n = n->psNext)
		if (n->eType == CXT_Text)
			return n->pszValue;
	return "";
}

/* The next element from n on; the parser takes "<?xml ...?>" for one too. */
static const CPLXMLNode *first_element(const CPLXMLNode *n)
{
	while (n && (n->eType != CXT_Element || n->pszValue[0] == '?'))
		n = n->psNext;
	return n;
}

/* All below a group; its depth is bounded, as is the recursion. */
static int take_group(struct mtl *m, const CPLXMLNode *group, int depth, struct error *e)
{
	const CPLXMLNode *n = first_element(group->psChild);
	int ret = 0;

	if (depth > MTL_DEPTH_MAX)
		return error_set(e, ERROR_DATA, "groups too deep");
	for (; !ret && n; n = first_element(n->psNext)) {
		if (first_element(n->psChild))
			ret = take_group(m, n, depth + 1, e);
		else
			ret = mtl_add(m, group->pszValue, n->pszValue, text_of(n), e);
	}
	return ret;
}

int mtl_parse_xml(struct mtl **out, const char *text, size_t n, struct error *e)
{
	const CPLXMLNode *root;
	CPLXMLNode *tree;
	struct mtl *m;
	int ret = -1;

	*out = NULL;
	if (mtl_check(text, n, e))
		return -1;
	tree = xml_parse(text, n, e);
	if (!tree)
		return -1;
	root = first_element(tree);
	if (root && !strcmp(root->pszValue, "espa_metadata")) {
		error_set(e, ERROR_DATA,
			  "this is metadata of ESPA, not of the product: name the _MTL.txt");
		xml_free(tree);
		return -1;
	}
	m = mtl_new(e);
	if (m && !root)
		error_set(e, ERROR_DATA, "empty");
	else if (m)
		ret = take_group(m, root, 0, e);
	if (!ret)
		ret = mtl_finish(m, e);
	xml_free(tree);
	return mtl_end(out, m, ret);
}
