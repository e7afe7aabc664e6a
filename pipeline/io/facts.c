/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/facts.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cpl_conv.h>

#include "pipeline/io/folder.h"
#include "pipeline/io/gdal.h"
#include "pipeline/io/intact.h"

/* No file of 2^15 pixels has more reduced levels. */
#define LEVELS_MAX 15

#define DEGREE (3.14159265358979323846 / 180.0)

bool facts_number(const char *text, double *out)
{
	char *end;

	/* Nothing that strtod would also take: blanks, hexadecimals, "nan". */
	if (!text || !*text || text[strspn(text, "+-.0123456789eE")])
		return false;
	*out = CPLStrtod(text, &end);
	return end != text && *end == '\0' && isfinite(*out);
}

bool facts_integer(const char *text, long min, long max, long *out)
{
	char *end;

	if (!text || !*text || text[strspn(text, "-0123456789")])
		return false;
	errno = 0;
	*out = strtol(text, &end, 10);
	return end != text && *end == '\0' && !errno && *out >= min && *out <= max;
}

/* n digits at text as a number; -1 if they are not digits. */
static int digits(const char *text, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		v = 10 * v + (text[i] - '0');
	}
	return v;
}

static int days_of_month(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* What may follow the seconds: a fraction, and what says that it is UTC. */
static bool is_tail(const char *s)
{
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	if (*s == 'Z')
		s++;
	else if (!strncmp(s, "+00:00", 6))
		s += 6;
	return *s == '\0';
}

bool facts_time(const char *text, int64_t *out)
{
	struct tm t = { 0 };
	int year, month;

	if (!text || strlen(text) < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
	    text[13] != ':' || text[16] != ':' || !is_tail(text + 19))
		return false;
	year = digits(text, 4);
	month = digits(text + 5, 2);
	t.tm_mday = digits(text + 8, 2);
	t.tm_hour = digits(text + 11, 2);
	t.tm_min = digits(text + 14, 2);
	t.tm_sec = digits(text + 17, 2);
	if (year < 1970 || month < 1 || month > 12 || t.tm_mday < 1 ||
	    t.tm_mday > days_of_month(year, month) || t.tm_hour < 0 || t.tm_hour > 23 ||
	    t.tm_min < 0 || t.tm_min > 59 || t.tm_sec < 0 || t.tm_sec > 60)
		return false;
	t.tm_year = year - 1900;
	t.tm_mon = month - 1;
	*out = timegm(&t);
	return true;
}

bool facts_plain_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	size_t n = strlen(name);

	return n > 0 && n < 200 && name[0] != '.' && strspn(name, allowed) == n;
}

int facts_warn(struct product *p, struct error *e, const char *fmt, ...)
{
	char line[1000], *more;
	size_t have = strlen(p->warnings), n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	error_one_line(line);
	n = have + (have > 0) + strlen(line) + 1;
	more = realloc(p->warnings, n);
	if (!more)
		return error_nomem(e, "a warning");
	p->warnings = more;
	snprintf(more + have, n - have, "%s%s", have ? "\n" : "", line);
	return 0;
}

static int reduced_levels(GDALRasterBandH band, const struct grid *g)
{
	int n = GDALGetOverviewCount(band), k;

	for (k = 1; k <= n && k <= LEVELS_MAX; k++) {
		GDALRasterBandH level = GDALGetOverview(band, k - 1);
		int round_up = (1 << k) - 1;

		if (!level || GDALGetRasterBandXSize(level) != (g->width + round_up) >> k ||
		    GDALGetRasterBandYSize(level) != (g->height + round_up) >> k)
			break;
	}
	return k - 1;
}

static int check_block(const struct product_band *b, struct error *e)
{
	int64_t bytes = (int64_t)b->block_w * b->block_h * (b->sample == SAMPLE_U8 ? 1 : 2);

	if (b->block_w < 1 || b->block_h < 1 || b->block_w > FACTS_BLOCK_SIDE_MAX ||
	    b->block_h > FACTS_BLOCK_SIDE_MAX || bytes > FACTS_BLOCK_BYTES_MAX)
		return error_set(
			e, ERROR_DATA,
			"%s: blocks of %d x %d pixels; a side may have %d and a block %d MiB",
			b->path, b->block_w, b->block_h, FACTS_BLOCK_SIDE_MAX,
			FACTS_BLOCK_BYTES_MAX >> 20);
	return 0;
}

/* A file of one layer of numbers, or, where bits are wanted, of some layers of bytes. */
static int set_sample(struct product_band *b, GDALDatasetH dataset, struct error *e)
{
	int layers = GDALGetRasterCount(dataset);
	GDALDataType type = GDALGetRasterDataType(GDALGetRasterBand(dataset, 1));
	bool bits = b->sample == SAMPLE_BITS;

	if (layers < 1 || layers > (bits ? 16 : 1))
		return error_set(e, ERROR_DATA, "%s: %d bands, not %s", b->path, layers,
				 bits ? "1 to 16" : "one");
	if (bits && type == GDT_Byte)
		return 0;
	if (bits || (type != GDT_Byte && type != GDT_UInt16 && type != GDT_Int16))
		return error_set(e, ERROR_DATA, "%s: stored as %s, not as %s", b->path,
				 GDALGetDataTypeName(type),
				 bits ? "uint8" : "uint8, uint16 or int16");
	b->sample = type == GDT_Byte ? SAMPLE_U8 : type == GDT_UInt16 ? SAMPLE_U16 : SAMPLE_I16;
	return 0;
}

static int describe(struct product_band *b, GDALDatasetH dataset, struct error *e)
{
	GDALRasterBandH band;

	if (gdal_grid(dataset, &b->grid, e))
		return -1;
	if (set_sample(b, dataset, e))
		return -1;
	band = GDALGetRasterBand(dataset, 1);
	b->jpeg2000 = !strcmp(GDALGetDriverShortName(GDALGetDatasetDriver(dataset)), "JP2OpenJPEG");
	b->levels = b->jpeg2000 ? reduced_levels(band, &b->grid) : 0;
	GDALGetBlockSize(band, &b->block_w, &b->block_h);
	return check_block(b, e);
}

/* A stored value as it is delivered; without one: 0, the value that no sensor gives for light. */
static uint16_t delivered(int32_t stored, int32_t zero)
{
	int32_t v = stored == PRODUCT_NO_VALUE ? 0 : stored + zero;

	return (uint16_t)(v < 0 ? 0 : v > 65535 ? 65535 : v);
}

void facts_calibrate(struct product_band *b, const struct granule *g, enum role role)
{
	int32_t zero = b->sample == SAMPLE_I16 ? 32768 : 0;
	double sine = 1.0;

	if (role_is_reflectance(role) && g->sun != SUN_IN_PRODUCT)
		sine = ldexp(nearbyint(ldexp(sin(g->sun_elevation_deg * DEGREE), 24)), -24);
	b->calib = (struct calib){
		.gain = (float)(b->gain / sine),
		.bias = (float)((b->offset - b->gain * zero) / sine),
		.fill = delivered(b->fill, zero),
	};
	b->calib.saturated =
		b->saturated == PRODUCT_NO_VALUE ? b->calib.fill : delivered(b->saturated, zero);
}

int facts_header(struct product_band *b, struct error *e)
{
	static const char *const drivers[] = { "JP2OpenJPEG", "GTiff", NULL };
	GDALDatasetH dataset;
	struct gdal_errors c;
	struct error other;
	int ret;

	if (folder_check_file(b->path, e))
		return -1;
	dataset = gdal_open(b->path, drivers, e);
	if (!dataset)
		return -1;
	gdal_begin(&c);
	ret = describe(b, dataset, e);
	GDALClose(dataset);
	if (gdal_end(&c, ret ? &other : e, ERROR_DATA, "cannot read the header of %s", b->path))
		ret = -1;
	return ret ? ret : intact_check(b->path, e);
}
