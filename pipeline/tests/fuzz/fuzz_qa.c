/* SPDX-License-Identifier: Apache-2.0
 *
 * Any 16-bit values as every kind of mask: each instruction set gives the reasons of the scalar one.
 * By libFuzzer (scripts/fuzz), or on its corpus with changes (replay.c).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "pipeline/io/mask.h"

#define VALUES_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const struct kernels *k, const struct mask_rule *rules, size_t rules_nr,
		   const uint16_t *values, size_t n, uint32_t *why)
{
	memset(why, 0, n * sizeof(*why));
	for (size_t i = 0; i < rules_nr; i++)
		k->mask(n, values, rules[i], why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sensor *sensors[] = { sensor_hls("L30"), sensor_hls("S30") };
	uint32_t why[VALUES_MAX], wanted[VALUES_MAX];
	struct mask_rule rules[MASK_RULES_MAX];
	uint16_t values[VALUES_MAX];
	size_t n = size / 2 < VALUES_MAX ? size / 2 : VALUES_MAX;

	memcpy(values, data, n * sizeof(*values));
	for (enum role role = 0; role < ROLE_NR; role++) {
		size_t rules_nr = mask_rules(sensors[n % 2], role, rules);

		decode(kernels_find("scalar"), rules, rules_nr, values, n, wanted);
		for (size_t i = 0; kernels_name(i); i++) {
			const struct kernels *k = kernels_find(kernels_name(i));

			if (!k)
				continue;
			decode(k, rules, rules_nr, values, n, why);
			if (memcmp(why, wanted, n * sizeof(*why)) != 0)
				abort();
		}
		for (size_t i = 0; i < n; i++)
			if (wanted[i] >> WHY_DSWE_SHIFT)
				abort();
	}
	return 0;
}
