/* SPDX-License-Identifier: Apache-2.0
 *
 * rows.h - the kernels as a table: how each is called, what its arrays hold.
 * A new kernel is one function and one row here.
 */
#ifndef KERNELS_TESTS_ROWS_H
#define KERNELS_TESTS_ROWS_H

#include "kernels/tests/row.h"
#include "kernels/tests/rows_quality.h"

/* --- the calls --- */

CALL(reflectance)
{
	k->reflectance(n, a[0], p->calib, a[1], a[2]);
}
CALL(rayleigh)
{
	k->rayleigh(n, a[0], p->rayleigh, a[1]);
}
CALL(pack)
{
	(void)p;
	k->pack(n, a[0], a[1]);
}
CALL(sun)
{
	(void)p;
	k->sun(n, a[0], a[1], a[2]);
}
CALL(mask)
{
	struct mask_rule rule = { (uint16_t)p->hide, (uint16_t)(p->nodata & p->hide),
				  (uint16_t)p->hide, p->ice };

	k->mask(n, a[0], rule, a[1]);
}
CALL(norm_diff)
{
	(void)p;
	k->norm_diff(n, a[0], a[1], a[2]);
}
CALL(awei_nsh)
{
	(void)p;
	k->awei_nsh(n, a[0], a[1], a[2], a[3], a[4]);
}
CALL(awei_sh)
{
	(void)p;
	k->awei_sh(n, a[0], a[1], a[2], a[3], a[4], a[5]);
}
CALL(wi2015)
{
	(void)p;
	k->wi2015(n, a[0], a[1], a[2], a[3], a[4], a[5]);
}
CALL(index_pack)
{
	(void)p;
	k->index_pack(n, a[0], a[1], a[2]);
}
CALL(mbwi)
{
	(void)p;
	k->mbwi(n, a[0], a[1], a[2], a[3], a[4], a[5]);
}
CALL(tcw)
{
	(void)p;
	k->tcw(n, a[0], a[1], a[2], a[3], a[4], a[5], TCW_CRIST, a[6]);
}
CALL(dswe)
{
	k->dswe(n, a[0], a[1], a[2], a[3], a[4], a[5], p->dswe, a[6]);
}
CALL(evidence_balkhash)
{
	k->evidence_balkhash(n, a[0], a[1], a[2], a[3], a[4], a[5], a[6], p->evidence, a[7]);
}
CALL(evidence_dswe)
{
	(void)p;
	k->evidence_dswe(n, a[0], a[1]);
}
CALL(evidence_dswx)
{
	(void)p;
	k->evidence_dswx(n, a[0], a[1], a[2], a[3]);
}
CALL(evidence_wofs)
{
	(void)p;
	k->evidence_wofs(n, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
}
CALL(evidence_above)
{
	k->evidence_above(n, a[0], p->index, a[1]);
}
CALL(water_why)
{
	(void)p;
	k->water_why(n, a[0], a[1], a[2], a[3]);
}
CALL(glint)
{
	k->glint(n, a[0], a[1], p->index, a[2]);
}
CALL(water_grounds)
{
	k->water_grounds(n, a[0], a[1], p->masks, a[2]);
}
CALL(water_class)
{
	k->water_class(n, a[0], a[1], p->masks, a[2], a[3]);
}
CALL(water_marks)
{
	(void)p;
	k->water_marks(n, a[0], a[1]);
}
CALL(purity)
{
	(void)p;
	k->purity(n, a[0], a[1], a[2], a[3]);
}
CALL(change)
{
	k->change(n, a[0], a[1], a[2], a[3], p->threshold, a[4]);
}
CALL(delta)
{
	(void)p;
	k->delta(n, a[0], a[1], a[2]);
}
CALL(significance)
{
	k->significance(n, a[0], a[1], (uint8_t)(p->threshold + 1), a[2]);
}
CALL(significance_looks)
{
	const uint16_t *const looks[] = { a[0], a[1], a[2], a[3] };

	(void)p;
	k->significance_looks(n, looks, a[4]);
}
CALL(change_if_significant)
{
	(void)p;
	k->change_if_significant(n, a[0], a[1]);
}
CALL(halve_or_u32)
{
	(void)p;
	k->halve_or_u32(n, a[0], a[1], a[2]);
}
CALL(halve_mode_u8)
{
	k->halve_mode_u8(n, a[0], a[1], (uint8_t)p->nodata, a[2]);
}
CALL(halve_mean_u8)
{
	k->halve_mean_u8(n, a[0], a[1], (uint8_t)p->nodata, a[2]);
}
CALL(halve_mean_u16)
{
	k->halve_mean_u16(n, a[0], a[1], (uint16_t)p->nodata, a[2]);
}

static struct window_u8 window_u8(const void *data, const struct params *p)
{
	return (struct window_u8){ data, p->w, p->h, (uint8_t)p->nodata };
}

static struct window_u16 window_u16(const void *data, const struct params *p)
{
	return (struct window_u16){ data, p->w, p->h, (uint16_t)p->nodata };
}

CALL(bilinear_u8)
{
	k->bilinear_u8(n, window_u8(a[0], p), a[1], a[2], a[3]);
}
CALL(bilinear_u16)
{
	k->bilinear_u16(n, window_u16(a[0], p), a[1], a[2], a[3]);
}
CALL(bilinear_i16)
{
	struct window_i16 w = { a[0], p->w, p->h, (int16_t)p->nodata };

	k->bilinear_i16(n, w, a[1], a[2], a[3]);
}
CALL(nearest_u8)
{
	k->nearest_u8(n, window_u8(a[0], p), a[1], a[2], a[3]);
}
CALL(nearest_u16)
{
	k->nearest_u16(n, window_u16(a[0], p), a[1], a[2], a[3]);
}
CALL(nearest_u32)
{
	struct window_u32 w = { a[0], p->w, p->h, p->nodata };

	k->nearest_u32(n, w, a[1], a[2], a[3]);
}

static const struct row rows[] = {
	{ "reflectance", call_reflectance, { DN, OUT_F32, INOUT_STATE } },
	{ "rayleigh", call_rayleigh, { RHO, OUT_F32 } },
	{ "pack", call_pack, { RHO, OUT_U16 } },
	{ "sun", call_sun, { QA, TABLE_F32, INOUT_F32 } },
	{ "mask", call_mask, { QA, INOUT_WHY } },
	{ "norm_diff", call_norm_diff, { RHO, RHO, OUT_F32 } },
	{ "awei_nsh", call_awei_nsh, { RHO, RHO, RHO, RHO, OUT_F32 } },
	{ "awei_sh", call_awei_sh, { RHO, RHO, RHO, RHO, RHO, OUT_F32 } },
	{ "wi2015", call_wi2015, { RHO, RHO, RHO, RHO, RHO, OUT_F32 } },
	{ "index_pack", call_index_pack, { INDEX, STATE, OUT_U16 } },
	{ "mbwi", call_mbwi, { RHO, RHO, RHO, RHO, RHO, OUT_F32 } },
	{ "tcw", call_tcw, { RHO, RHO, RHO, RHO, RHO, RHO, OUT_F32 } },
	{ "dswe", call_dswe, { RHO, RHO, RHO, RHO, RHO, RHO, OUT_U8 } },
	{ "evidence_balkhash",
	  call_evidence_balkhash,
	  { RHO, RHO, RHO, RHO, RHO, RHO, CODE, OUT_U8 } },
	{ "evidence_dswe", call_evidence_dswe, { CODE, OUT_U8 } },
	{ "evidence_dswx", call_evidence_dswx, { CODE, RHO, FMASK, OUT_U8 } },
	{ "evidence_wofs", call_evidence_wofs, { RHO, RHO, RHO, RHO, RHO, RHO, OUT_U8 } },
	{ "evidence_above", call_evidence_above, { RHO, OUT_U8 } },
	{ "water_why", call_water_why, { CODE, STATE, BITS, INOUT_WHY } },
	{ "glint", call_glint, { RHO, BITS, INOUT_WHY } },
	{ "water_grounds", call_water_grounds, { WHY, BITS, OUT_U8 } },
	{ "water_class", call_water_class, { WHY, BITS, OUT_U8, OUT_U8 } },
	{ "water_marks", call_water_marks, { BITS, INOUT_WHY } },
	{ "purity", call_purity, { CLASS_ROW, CLASS_ROW, CLASS_ROW, OUT_U8 } },
	{ "bilinear_u8", call_bilinear_u8, { WINDOW_U8, COORD_X, COORD_Y, OUT_U8 } },
	{ "bilinear_i16", call_bilinear_i16, { WINDOW_U16, COORD_X, COORD_Y, OUT_U16 } },
	{ "bilinear_u16", call_bilinear_u16, { WINDOW_U16, COORD_X, COORD_Y, OUT_U16 } },
	{ "nearest_u8", call_nearest_u8, { WINDOW_U8, COORD_X, COORD_Y, OUT_U8 } },
	{ "nearest_u16", call_nearest_u16, { WINDOW_U16, COORD_X, COORD_Y, OUT_U16 } },
	{ "nearest_u32", call_nearest_u32, { WINDOW_U32, COORD_X, COORD_Y, OUT_U32 } },
	{ "halve_mode_u8", call_halve_mode_u8, { PAIRS_U8, PAIRS_U8, OUT_U8 } },
	{ "float_predictor", call_float_predictor, { WHY, OUT_FOUR } },
	{ "undifference_u16", call_undifference_u16, { QA, OUT_U16 } },
	{ "undifference_u8", call_undifference_u8, { BITS, OUT_U16 } },
	{ "halve_or_u8", call_halve_or_u8, { PAIRS_U8, PAIRS_U8, OUT_U8 } },
	{ "halve_or_u32", call_halve_or_u32, { PAIRS_U32, PAIRS_U32, OUT_U32 } },
	{ "halve_mean_u8", call_halve_mean_u8, { PAIRS_U8, PAIRS_U8, OUT_U8 } },
	{ "halve_mean_u16", call_halve_mean_u16, { PAIRS_U16, PAIRS_U16, OUT_U16 } },
	{ "change", call_change, { CLASS, CLASS, PERCENT, PERCENT, OUT_U8 } },
	{ "delta", call_delta, { PERCENT, PERCENT, OUT_U16 } },
	{ "significance", call_significance, { PERCENT, PERCENT, OUT_U8 } },
	{ "significance_looks",
	  call_significance_looks,
	  { LOOKS, LOOKS, LOOKS, LOOKS, INOUT_FLAGS } },
	{ "change_if_significant", call_change_if_significant, { PERCENT, INOUT_STATE } },
	/* water quality */
	{ "residual", call_residual, { WATER, WATER, OUT_F32 } },
	{ "subtract", call_subtract, { WATER, INOUT_F32 } },
	{ "chl_oc", call_chl_oc, { WATER, WATER, WATER, OUT_F32 } },
	{ "chl_ci", call_chl_ci, { WATER, WATER, WATER, OUT_F32 } },
	{ "chl_blend", call_chl_blend, { WATER, WATER, OUT_F32 } },
	{ "chl_ndci", call_chl_ndci, { WATER, WATER, OUT_F32 } },
	{ "chl_ratio", call_chl_ratio, { WATER, WATER, OUT_F32 } },
	{ "chl_ratio_power", call_chl_ratio_power, { WATER, WATER, OUT_F32 } },
	{ "chl_three", call_chl_three, { WATER, WATER, WATER, OUT_F32 } },
	{ "chl_three_power", call_chl_three_power, { WATER, WATER, WATER, OUT_F32 } },
	{ "chl_gons", call_chl_gons, { WATER, WATER, WATER, OUT_F32 } },
	{ "chl_default", call_chl_default, { WATER, WATER, WATER, WATER, AMOUNT, OUT_F32 } },
	{ "chl_clear", call_chl_clear, { WATER, WATER, WATER, AMOUNT, OUT_F32 } },
	{ "line_height", call_line_height, { WATER, WATER, WATER, OUT_F32 } },
	{ "log_add", call_log_add, { WIDE, WATER, INOUT_F32 } },
	{ "exp_of", call_exp_of, { WIDE, OUT_F32 } },
	{ "turbidity", call_turbidity, { WATER, WATER, OUT_F32 } },
	{ "nechad", call_nechad, { WATER, OUT_F32 } },
	{ "cdom", call_cdom, { WATER, WATER, OUT_F32 } },
	{ "secchi", call_secchi, { WATER, WATER, WATER, WATER, OUT_F32 } },
	{ "quantity_pack", call_quantity_pack, { AMOUNT, OUT_U16 } },
	{ "quantity_unpack", call_quantity_unpack, { QUANTITY, OUT_F32 } },
	{ "linear_pack", call_linear_pack, { WIDE, OUT_U16 } },
	{ "linear_unpack", call_linear_unpack, { QUANTITY, OUT_F32 } },
	{ "mantissa", call_mantissa, { AMOUNT, OUT_F32 } },
	{ "bilinear_f32", call_bilinear_f32, { WINDOW_F32, COORD_X, COORD_Y, OUT_F32 } },
	{ "halve_mean_f32", call_halve_mean_f32, { PAIRS_F32, PAIRS_F32, OUT_F32 } },
	{ "quality_bands", call_quality_bands, { WATER, INOUT_FLAGS } },
	{ "quality_bright", call_quality_bright, { WATER, WATER, INOUT_FLAGS } },
	{ "quality_above", call_quality_above, { WATER, INOUT_FLAGS } },
	{ "quality_why", call_quality_why, { BITS, INOUT_WHY } },
	{ "window_add", call_window_add, { QUANTITY, BITS, INOUT_SUM } },
	{ "window_mean", call_window_mean, { COLUMN_SUM, COLUMN_COUNT, OUT_F32 } },
	{ "quality_not_below", call_quality_not_below, { WATER, INOUT_FLAGS } },
	{ "quality_range", call_quality_range, { WATER, INOUT_FLAGS } },
	{ "quality_no_skill", call_quality_no_skill, { WIDE, INOUT_FLAGS } },
	{ "quality_foot", call_quality_foot, { WATER, WATER, INOUT_FLAGS } },
	{ "plants", call_plants, { RHO, RHO, RHO, CODE, WATER, OUT_U8 } },
	{ "plants_class", call_plants_class, { CLASS, INOUT_FLAGS } },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

#endif
