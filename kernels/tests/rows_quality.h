/* SPDX-License-Identifier: Apache-2.0
 *
 * rows_quality.h - how the kernels of water quality are called; their rows stand in rows.h.
 */
#ifndef KERNELS_TESTS_ROWS_QUALITY_H
#define KERNELS_TESTS_ROWS_QUALITY_H

#include "kernels/tests/row.h"

CALL(residual)
{
	k->residual(n, a[0], a[1], p->quality.high, a[2]);
}
CALL(subtract)
{
	k->subtract(n, a[0], p->quality.weight, a[1]);
}
CALL(chl_oc)
{
	k->chl_oc(n, a[0], a[1], a[2], p->quality.oc, a[3]);
}
CALL(chl_ci)
{
	k->chl_ci(n, a[0], a[1], a[2], p->quality.weight, a[3]);
}
CALL(chl_blend)
{
	k->chl_blend(n, a[0], a[1], p->quality.low, p->quality.high, a[2]);
}
CALL(chl_ndci)
{
	k->chl_ndci(n, a[0], a[1], p->quality.poly, p->quality.monotonic, a[2]);
}
CALL(chl_ratio)
{
	k->chl_ratio(n, a[0], a[1], p->quality.poly, a[2]);
}
CALL(chl_ratio_power)
{
	k->chl_ratio_power(n, a[0], a[1], p->quality.power, a[2]);
}
CALL(chl_three)
{
	k->chl_three(n, a[0], a[1], a[2], p->quality.poly, a[3]);
}
CALL(chl_three_power)
{
	k->chl_three_power(n, a[0], a[1], a[2], p->quality.power, a[3]);
}
CALL(chl_gons)
{
	k->chl_gons(n, a[0], a[1], a[2], p->quality.gons, a[3]);
}
CALL(chl_default)
{
	const struct quality_params *q = &p->quality;

	k->chl_default(n, a[0], a[1], a[2], a[3], a[4], q->oc, q->poly, q->chl, a[5]);
}
CALL(chl_clear)
{
	const struct quality_params *q = &p->quality;

	k->chl_clear(n, a[0], a[1], a[2], a[3], q->oc, q->chl.turbid, q->chl.blue_green, a[4]);
}
CALL(line_height)
{
	k->line_height(n, a[0], a[1], a[2], p->quality.weight, a[3]);
}
CALL(log_add)
{
	k->log_add(n, p->quality.bias, a[0], a[1], a[2]);
}
CALL(exp_of)
{
	(void)p;
	k->exp_of(n, a[0], a[1]);
}
CALL(turbidity)
{
	k->turbidity(n, a[0], a[1], p->quality.turbidity, a[2]);
}
CALL(nechad)
{
	k->nechad(n, a[0], p->quality.nechad, a[1]);
}
CALL(cdom)
{
	(void)p;
	k->cdom(n, a[0], a[1], a[2]);
}
CALL(secchi)
{
	k->secchi(n, a[0], a[1], a[2], a[3], p->quality.qaa, p->quality.sun_zenith_deg, a[4]);
}
CALL(quantity_pack)
{
	(void)p;
	k->quantity_pack(n, a[0], a[1]);
}
CALL(quantity_unpack)
{
	(void)p;
	k->quantity_unpack(n, a[0], a[1]);
}
CALL(linear_pack)
{
	k->linear_pack(n, a[0], p->quality.gain, p->quality.bias, a[1]);
}
CALL(linear_unpack)
{
	k->linear_unpack(n, a[0], p->quality.gain, p->quality.bias, a[1]);
}
CALL(mantissa)
{
	(void)p;
	k->mantissa(n, a[0], a[1]);
}
CALL(bilinear_f32)
{
	struct window_f32 w = { a[0], p->w, p->h };

	k->bilinear_f32(n, w, a[1], a[2], a[3]);
}
CALL(halve_mean_f32)
{
	(void)p;
	k->halve_mean_f32(n, a[0], a[1], a[2]);
}
CALL(quality_bands)
{
	(void)p;
	k->quality_bands(n, a[0], a[1]);
}
CALL(quality_bright)
{
	k->quality_bright(n, a[0], a[1], p->quality.high, p->quality.low, a[2]);
}
CALL(quality_above)
{
	k->quality_above(n, a[0], p->quality.low, p->quality.flag, a[1]);
}
CALL(quality_not_below)
{
	k->quality_not_below(n, a[0], p->quality.low, p->quality.flag, a[1]);
}
CALL(quality_range)
{
	k->quality_range(n, a[0], p->quality.low, p->quality.high, a[1]);
}
CALL(quality_no_skill)
{
	(void)p;
	k->quality_no_skill(n, a[0], a[1]);
}
CALL(quality_foot)
{
	k->quality_foot(n, a[0], a[1], p->quality.chl.q_low, p->quality.low, a[2]);
}
CALL(plants)
{
	k->plants(n, a[0], a[1], a[2], a[3], a[4], p->quality.plants, a[5]);
}
CALL(plants_class)
{
	(void)p;
	k->plants_class(n, a[0], a[1]);
}

CALL(quality_why)
{
	(void)p;
	k->quality_why(n, a[0], a[1]);
}
CALL(window_add)
{
	k->window_add(n, p->quality.monotonic ? 1 : -1, a[0], a[1], a[2]);
}
CALL(window_mean)
{
	(void)p;
	k->window_mean(n, 3, a[0], a[1], a[2]);
}
CALL(halve_or_u8)
{
	(void)p;
	k->halve_or_u8(n, a[0], a[1], a[2]);
}

CALL(undifference_u16)
{
	(void)p;
	k->undifference_u16(n, a[0], a[1]);
}
CALL(undifference_u8)
{
	(void)p;
	k->undifference_u8(n, a[0], a[1]);
}
CALL(float_predictor)
{
	(void)p;
	k->float_predictor(n, a[0], a[1]);
}

#endif
