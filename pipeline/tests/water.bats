#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every method of telling water from land, pixel by pixel, as oracle_water.py reads it.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 -c 'import osgeo, numpy' 2>/dev/null || skip "python3-gdal is not installed"
}

oracle() { # ARGUMENT...
	/usr/bin/python3 -B "$BATS_TEST_DIRNAME/oracle_water.py" "$@"
}

# A product by methods; the masks of the product are left out, as they are tested elsewhere.
agrees() { # PRODUCT METHODS [OPTION OF THE ORACLE]
	local product=$1 methods=$2 method
	rm -rf out
	for method in $methods; do
		"$BALKHASH" scene -q "$product" -o "out/$method" --method "$method" --masks none --layers water,why
	done
	run -0 oracle "$product" out "${methods// /,}" "${@:3}"
	sed -n '/ compared, /s/^/# /p' <<<"$output" >&3
}

METHODS="balkhash dswe dswx wofs ndwi mndwi aweinsh aweish wi2015 mbwi tcw ndwi:otsu mndwi:otsu"

@test "the oracle knows the published vectors" {
	run -0 oracle --vectors
}

@test "generated lakes with salt, reeds and noise: every method is as the papers have it" {
	for spacecraft in LC09 LT05; do
		product=$("$GENERATOR" --kind landsat-l2 --spacecraft "$spacecraft" --out products --size 200 \
			--lake star --radius 2200 --surface natural --hard --snr --psf .5)
		agrees "$product" "$METHODS"
	done
}

@test "Landsat 7 as delivered: every method is as the papers have it" {
	[ -d "${BALKHASH_TESTDATA:-}" ] || skip "BALKHASH_TESTDATA names no folder of real products"
	agrees "$BALKHASH_TESTDATA"/landsat/LE07_L2SR_023028_20110907_20200909_02_T1 "$METHODS"
}

INDICES="ndwi mndwi aweinsh aweish wi2015 mbwi tcw"

@test "salt, texture and clouds, seen by three sensors: every method is as the papers have it" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	for spacecraft in LC09 LE07 LT05; do
		product=$("$GENERATOR" --kind landsat-l2 --spacecraft "$spacecraft" --out products --size 256 \
			--surface natural --salt --clouds 6)
		agrees "$product" "balkhash dswe dswx wofs $INDICES"
	done
}

# dswe is left out: the program raises its reflectances to 1e-4, as docs/algorithms.md says, and the
# oracle does not, as the paper does not.
@test "clear water with noise, thus negative reflectances, at the border of a swath" {
	for spacecraft in LC09 LE07; do
		product=$("$GENERATOR" --kind landsat-l2 --spacecraft "$spacecraft" --out products --size 256 \
			--lake star --water clear-water --land green-reed --noise .006 --swath-edge)
		agrees "$product" "balkhash dswx wofs $INDICES"
	done
}

# The program keeps the index of a histogram, and so the threshold, in steps of 1e-4 (threshold.h).
@test "Otsu's threshold of every index is that of the oracle within the step of 1e-4" {
	products=$("$GENERATOR" --kind landsat-l2 --spacecraft LE07 --out products --size 256 \
		--surface natural --salt --clouds 6)
	[ ! -d "${BALKHASH_TESTDATA:-}" ] ||
		products+=" $BALKHASH_TESTDATA/landsat/LE07_L2SR_023028_20110907_20200909_02_T1"
	for product in $products; do
		agrees "$product" "${INDICES// /:otsu }:otsu" STEP=1e-4
	done
}

@test "the oracle tells the map of one method from that of another" {
	product=$("$GENERATOR" --kind landsat-l2 --out products --size 256 --surface natural --salt)
	"$BALKHASH" scene -q "$product" -o out --method mndwi --masks none --layers water,why
	run -0 oracle "$product" out/* mndwi
	run -0 oracle "$product" out/* balkhash,dswe,wofs,ndwi,aweinsh,aweish,wi2015,mbwi,tcw,mndwi:otsu OTHERS=yes
	[ "$(grep -c ' compared, .* in doubt' <<<"$output")" = 10 ]
	run -1 oracle "$product" out/* balkhash,mndwi OTHERS=yes
}

@test "a method without its band is told, with those that are possible" {
	product=$("$GENERATOR" --kind landsat-l2 --out products --size 200)
	rm "$product"/*_SR_B7.TIF
	run -66 --separate-stderr "$BALKHASH" scene -q "$product" -o out
	[[ "$stderr" == *"method balkhash"*"swir2"*"its bands allow --method ndwi, mndwi"* ]]
	run -0 "$BALKHASH" scene -q "$product" -o out --method mndwi --layers water,why
}

@test "no water, nothing but water, clouds everywhere: results that verify" {
	for options in "--lake circle --radius 100 --lake-center 10,10" "--lake circle --radius 90000" \
		"--clouds 64 --lake star"; do
		# shellcheck disable=SC2086  # words
		product=$("$GENERATOR" --kind landsat-l1 --out products --size 200 $options)
		"$BALKHASH" scene -q "$product" -o out --masks both --overwrite
	done
	run -0 "$BALKHASH" verify out
}

# New values in the first band of rasters, by a Python expression of the old ones: a.
recode() { # EXPRESSION FILE...
	/usr/bin/python3 -c '
import sys, numpy
from osgeo import gdal
for path in sys.argv[2:]:
    raster = gdal.Open(path, gdal.GA_Update)
    a = raster.ReadAsArray()
    raster.GetRasterBand(1).WriteArray(eval(sys.argv[1]).astype(a.dtype))
    raster = None' "$@"
}

@test "nothing but fill: a valid result that says so" {
	product=$("$GENERATOR" --kind landsat-l2 --out products --size 200)
	recode "0 * a" "$product"/*_SR_B*.TIF
	recode "0 * a + 1" "$product"/*_QA_PIXEL.TIF
	d=$("$BALKHASH" scene -q "$product" -o out)
	run -0 "$BALKHASH" verify out
	[ "$(gdal_translate -q -of XYZ "$d/water.tif" /vsistdout/ | awk '{ print $3 }' | sort -u)" = 255 ]
	grep -q '"open_water": 0' "$d/item.json"
}

@test "mask values that no definition lists are counted and reported" {
	product=$("$GENERATOR" --kind sentinel2-l2a --out products --size 300 --images tif-as-jp2)
	scl=$(find "$product" -name '*_SCL_20m.jp2')
	recode "numpy.where(numpy.indices(a.shape).sum(axis=0) == 20, 13, a)" "$scl"
	run --separate-stderr -0 "$BALKHASH" scene "$product" -o out --threads 2 --tile 128
	[[ $stderr == *" 84 pixels have mask values that the product's definition does not list"* ]]
	grep -q '"balkhash:unknown_mask_values": 84' "$output/item.json"
}
