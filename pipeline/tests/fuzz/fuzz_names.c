/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as file names: every judge of names says yes or no, and what is a plain name leads nowhere else.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/io/facts.h"
#include "pipeline/io/hls.h"
#include "pipeline/io/input.h"
#include "pipeline/io/remote.h"
#include "pipeline/io/sentinel2.h"
#include "pipeline/io/stac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = strndup((const char *)data, size), *vsi, *host;
	double number;
	int64_t time;
	long whole;

	if (!name)
		abort();
	if (facts_plain_name(name) && (strchr(name, '/') || name[0] == '.' || !name[0]))
		abort();
	if (hls_is_file(name) && !facts_plain_name(name))
		abort();
	(void)stac_is_file(name);
	(void)sentinel2_is_metadata(name);
	(void)input_arriving(name);
	(void)facts_number(name, &number);
	(void)facts_time(name, &time);
	(void)facts_integer(name, -5, 5, &whole);
	vsi = remote_vsi(name);
	host = remote_is(name) ? remote_host(name) : NULL;
	if (!vsi != !remote_is(name))
		abort();
	free(host);
	free(vsi);
	free(name);
	return 0;
}
