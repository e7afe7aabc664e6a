#!/usr/bin/env bats
# Real products, where BALKHASH_TESTDATA names a folder of them.

bats_require_minimum_version 1.5.0

setup() {
	[ -d "${BALKHASH_TESTDATA:-}" ] || skip "BALKHASH_TESTDATA names no folder"
	cd "$BATS_TEST_TMPDIR"
	accuracy=$(dirname "$BALKHASH")/pipeline/tests/bench_accuracy
}

# "IoU omission commission" of an observation, each within .002 of what was seen when the method was fixed.
agrees() { # TRUTH OBSERVATION IOU OMISSION COMMISSION
	local iou omission commission
	read -r iou omission commission _ < <("$accuracy" "$1" "$2/water.tif")
	echo "# $(basename "$2"): IoU $iou omission $omission commission $commission" >&3
	awk -v a="$iou" -v b="$3" -v c="$omission" -v d="$4" -v e="$commission" -v f="$5" '
		function far(x, y) { return x - y > .002 || y - x > .002 }
		BEGIN { exit far(a, b) || far(c, d) || far(e, f) }'
}

@test "every Landsat Collection 2 folder and every SAFE becomes an observation that verifies" {
	n=0
	for product in "$BALKHASH_TESTDATA"/landsat/*_02_T[12] "$BALKHASH_TESTDATA"/sentinel2/*.SAFE; do
		"$BALKHASH" info "$product" >/dev/null
		"$BALKHASH" info --json "$product" >/dev/null
		"$BALKHASH" scene -q "$product" -o out
		n=$((n + 1))
	done
	[ "$n" -ge 10 ]
	run -0 "$BALKHASH" verify out
	[ "$(grep -c '^ok' <<<"$output")" -eq "$n" ]
}

@test "Landsat 7: open water where Fmask had it" {
	d=$("$BALKHASH" scene -q "$BALKHASH_TESTDATA"/landsat/LE07_L2SR_023028_20110907_20200909_02_T1 -o out)
	agrees "$BALKHASH_TESTDATA"/landsat/truth/LE07_L2SR_023028_20110907_20200909_02_T1_water.tif "$d" .9555 .002 .043
}

@test "Landsat 5 before collections, by radiance and ESUN: all water of the polygons, no other" {
	d=$("$BALKHASH" scene -q "$BALKHASH_TESTDATA"/landsat/LT52240631988227CUB02 -o out)
	agrees "$BALKHASH_TESTDATA"/landsat/truth/LT52240631988227CUB02_water.tif "$d" 1 0 0
}

@test "older Landsat, archives and HLS become observations that verify" {
	n=0
	for product in landsat/L8_L1T_alabama_as_is landsat/LE07_L1TP_*.tar landsat/LT05_L1TP_*.tar.gz \
		sentinel2/*.zip hls/HLS.L30.T14RMS*; do
		# shellcheck disable=SC2086  # the pattern names one product
		"$BALKHASH" scene -q "$BALKHASH_TESTDATA"/$product -o out
		n=$((n + 1))
	done
	[ "$n" = 5 ]
	run -0 "$BALKHASH" verify out
	[ "$(grep -c '^ok' <<<"$output")" -eq "$n" ]
}

@test "the Spanish flood: water as the labels have it" {
	truth=$(ls "$BALKHASH_TESTDATA"/sentinel2/truth/S2B*_water.tif)
	l1c=$(ls -d "$BALKHASH_TESTDATA"/sentinel2/S2B_MSIL1C_*T30SXH*.SAFE)
	d=$("$BALKHASH" scene -q "$l1c" -o out)
	agrees "$truth" "$d" .771 .104 .152
	d=$("$BALKHASH" scene -q "$l1c" -o dswe --method dswe --masks none)
	agrees "$truth" "$d" .741 .186 .108
}

@test "the Spanish flood: L2A with its offset, and L1C without Rayleigh, as the labels have it" {
	truth=$(ls "$BALKHASH_TESTDATA"/sentinel2/truth/S2B*_water.tif)
	for product in "$BALKHASH_TESTDATA"/sentinel2/S2*_MSIL*T30SXH*.SAFE; do
		d=$("$BALKHASH" scene -q "$product" -o out --method dswe --masks product --rayleigh none)
		agrees "$truth" "$d" .746 .087 .197
	done
}

@test "the Spanish flood: both products give the same water to within quantisation" {
	for product in "$BALKHASH_TESTDATA"/sentinel2/S2*_MSIL*T30SXH*.SAFE; do
		d=$("$BALKHASH" scene -q "$product" -o out --masks none --rayleigh none)
		gdal_translate -q -of XYZ "$d/water.tif" "$(basename "$d").xyz"
	done
	different=$(cmp -l ./*.xyz | wc -l)
	echo "# $different of 221760 pixels differ" >&3
	[ "$different" -le 110 ] # half a tenth of a percent
}
