/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/mask.h"

#include <string.h>

#define BIT(n, reason)                                                                             \
	{                                                                                          \
		1u << (n), 1u << (n), 1u << (n), reason                                            \
	}
/* A pair of bits that says 3, "high confidence". */
#define HIGH(n, reason)                                                                            \
	{                                                                                          \
		3u << (n), 3u << (n), 3u << (n), reason                                            \
	}
#define CODE(v, reason)                                                                            \
	{                                                                                          \
		0xffff, v, v, reason                                                               \
	}
#define FROM(v, reason)                                                                            \
	{                                                                                          \
		0xffff, v, 0xffff, reason                                                          \
	}
#define UPTO(a, b, reason)                                                                         \
	{                                                                                          \
		0xffff, a, b, reason                                                               \
	}

struct mask {
	enum role role;
	struct mask_rule unknown;
	struct mask_rule rules[MASK_RULES_MAX]; /* up to the first without a reason */
};

static const struct mask masks[] = {
	{ ROLE_QA_PIXEL,
	  { 0 },
	  { BIT(0, WHY_FILL), BIT(1, WHY_DILATED), BIT(2, WHY_CIRRUS), BIT(3, WHY_CLOUD),
	    BIT(4, WHY_SHADOW), BIT(5, WHY_SNOW), HIGH(14, WHY_CIRRUS) } },
	/* Bit 1: a dropped pixel of TM and ETM+, a place that terrain hides of OLI. */
	{ ROLE_BQA_C1,
	  { 7u << 13, 1, 7u << 13, 0 },
	  { BIT(0, WHY_FILL),
	    BIT(1, WHY_DEFECT),
	    { 3u << 2, 1u << 2, 3u << 2, WHY_SATURATED },
	    BIT(4, WHY_CLOUD),
	    HIGH(7, WHY_SHADOW),
	    HIGH(9, WHY_SNOW),
	    HIGH(11, WHY_CIRRUS) } },
	{ ROLE_BQA_PRE,
	  { 0 },
	  { BIT(0, WHY_FILL), BIT(1, WHY_DEFECT), BIT(2, WHY_DEFECT), HIGH(10, WHY_SNOW),
	    HIGH(12, WHY_CIRRUS), HIGH(14, WHY_CLOUD) } },
	{ ROLE_SCL,
	  { 0xffff, 12, 0xffff, 0 },
	  { CODE(0, WHY_FILL), CODE(1, WHY_DEFECT), FROM(12, WHY_DEFECT), CODE(3, WHY_SHADOW),
	    UPTO(8, 9, WHY_CLOUD), CODE(10, WHY_CIRRUS), CODE(11, WHY_SNOW) } },
	{ ROLE_CLASSI,
	  { 0xfff8, 1, 0xfff8, 0 },
	  { BIT(0, WHY_CLOUD), BIT(1, WHY_CIRRUS), BIT(2, WHY_SNOW) } },
	{ ROLE_FMASK,
	  { 0 },
	  { CODE(255, WHY_FILL), BIT(1, WHY_CLOUD), BIT(2, WHY_DILATED), BIT(3, WHY_SHADOW),
	    BIT(4, WHY_SNOW) } },
};

/* Layers 3 to 5 are lost, degraded and defective pixels, 8 is saturation. */
static const struct mask qualit = { ROLE_QUALIT_BLUE,
				    { 0 },
				    { { 7u << 2, 1u << 2, 7u << 2, WHY_DEFECT },
				      BIT(7, WHY_SATURATED) } };

static size_t copy(const struct mask *m, struct mask_rule *out)
{
	size_t n = 0;

	while (n < MASK_RULES_MAX && m->rules[n].reason)
		n++;
	memcpy(out, m->rules, n * sizeof(*out));
	return n;
}

/* Any of these bits. */
static struct mask_rule any(uint16_t bits, uint32_t reason)
{
	return (struct mask_rule){ bits, 1, bits, reason };
}

size_t mask_rules(const struct sensor *sensor, enum role role, struct mask_rule out[MASK_RULES_MAX])
{
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++)
		if (masks[i].role == role)
			return copy(&masks[i], out);
	if (role >= ROLE_QUALIT_BLUE && role <= ROLE_QUALIT_SWIR2)
		return copy(&qualit, out);
	if (role != ROLE_QA_RADSAT)
		return 0;
	out[0] = any(sensor->radsat_saturated, WHY_SATURATED);
	out[1] = any(sensor->radsat_defect, WHY_DEFECT);
	return 2;
}

struct mask_rule mask_unknown(enum role role)
{
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++)
		if (masks[i].role == role)
			return masks[i].unknown;
	return (struct mask_rule){ 0 };
}
