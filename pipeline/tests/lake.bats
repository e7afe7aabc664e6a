#!/usr/bin/env bats
# From products to change: mosaic, change and verify on a generated lake.

bats_require_minimum_version 1.5.0

# The part of the lake's grid that the products lie in, and more; not in whole tiles.
EXTENT="-te 111990 39990 144990 60000"

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for year in 2017 2024; do
		shift_m=$((year == 2017 ? 300 : 0))
		make_product() { "$GENERATOR" --out products --shift $shift_m --kind landsat-l2 --size 500 "$@"; }
		"$BALKHASH" scene -q --lake balkhash -o $year \
			"$(make_product --center 77.90,46.45 --zone 43 --path 150 --date ${year}0712 --clouds 2)" \
			"$(make_product --center 78.05,46.45 --zone 44 --path 149 --date ${year}0721)" \
			"$("$GENERATOR" --out products --shift $shift_m --kind sentinel2-l2a --size 600 --center 77.95,46.45 --date ${year}0718)"
		"$BALKHASH" mosaic -q $year/* -o mosaic-$year $EXTENT --threads 1
	done
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o change --threads 1 >table
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR"/{2017,2024,mosaic-2017,mosaic-2024,change} .
}

hashes() {
	(cd "$1" && find . -type f | sort | xargs sha256sum)
}

@test "mosaic: the same bytes for any order, threads and instruction set" {
	mapfile -t reversed < <(printf '%s\n' 2017/* | sort -r)
	"$BALKHASH" mosaic -q "${reversed[@]}" -o again $EXTENT --threads 2
	diff <(hashes mosaic-2017) <(hashes again)
	"$BALKHASH" mosaic -q 2017/* -o scalar $EXTENT --threads 7 --isa scalar
	diff <(hashes mosaic-2017) <(hashes scalar)
}

@test "change: the same bytes for any threads, instruction set and libm" {
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o again --threads 2
	diff <(hashes change) <(hashes again)
	GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o other --threads 7 --isa base
	diff <(hashes change) <(hashes other)
}

@test "the area that was lost is the area that is true" {
	for year in 2017 2024; do
		"$BALKHASH" mosaic -q $year/* -o whole-$year
	done
	"$BALKHASH" change -q whole-2017 whole-2024 -o whole >/dev/null
	# Nothing more of the lake was seen than in the part of it.
	cut -d, -f1-4,12 whole/series.csv >whole.csv
	[ "$(wc -l <whole.csv)" -ge 3 ]
	cut -d, -f1-4,12 change/series.csv | diff whole.csv -
	read -r a b _ < <("$GENERATOR" --compare whole-2017/fraction.tif whole-2024/fraction.tif "$BATS_FILE_TMPDIR"/products/truth/*2017*)
	read -r c d _ < <("$GENERATOR" --compare whole-2024/fraction.tif whole-2017/fraction.tif "$BATS_FILE_TMPDIR"/products/truth/*2024*)
	echo "# 2017 $a (true $b), 2024 $c (true $d) km2" >&3
	awk -v a="$a" -v b="$b" -v c="$c" -v d="$d" 'function far(x, y) { return x > 1.002 * y || x < .998 * y }
		BEGIN { exit !(b > 50 && b - d > 1) || far(a, b) || far(c, d) }'
}

@test "verify: fine as made, and a changed byte is found" {
	run -0 "$BALKHASH" verify mosaic-2017 change
	cp -rL mosaic-2017 broken
	chmod -R u+w broken
	printf 'x' | dd of=broken/water.tif bs=1 seek=5000 conv=notrunc status=none
	run -65 "$BALKHASH" verify mosaic-2017 broken
	[[ "$output" == *broken* ]]
}

@test "a second run does nothing; another mosaic in its place: 73" {
	"$BALKHASH" mosaic -q 2017/* -o m $EXTENT
	before=$(stat -c %i m/item.json)
	"$BALKHASH" mosaic -q 2017/* -o m $EXTENT
	[ "$(stat -c %i m/item.json)" = "$before" ]
	run -73 "$BALKHASH" mosaic -q 2024/* -o m $EXTENT
	"$BALKHASH" mosaic -q 2024/* -o m $EXTENT --overwrite
	diff <(hashes mosaic-2024) <(hashes m)
}

@test "observations on two lattices: 65, naming both" {
	product=$(ls -d "$BATS_FILE_TMPDIR"/products/LC09*2017* | head -1)
	d=$("$BALKHASH" scene -q "$product" -o native)
	run -65 "$BALKHASH" mosaic -q 2017/LC09* "$d" -o m $EXTENT
	[[ "$output" == *"$(basename "$d")"* ]]
	[ ! -e m ]
	run -65 "$BALKHASH" change -q mosaic-2017 "$d" -o c
	[ ! -e c ]
}

@test "no result there: 66; not a result: 65 or 66" {
	run -66 "$BALKHASH" mosaic -q nowhere -o m
	mkdir empty
	run "$BALKHASH" change -q empty mosaic-2017 -o c
	[ "$status" -eq 65 ] || [ "$status" -eq 66 ]
	[ ! -e m ] && [ ! -e c ]
}

@test "a cut observation is an error, and no mosaic appears" {
	cp -rL 2017 cut
	chmod -R u+w cut
	f=$(ls cut/LC09*/fraction.tif | head -1)
	truncate -s $(($(stat -c %s "$f") / 2)) "$f"
	run -65 "$BALKHASH" mosaic -q cut/* -o m $EXTENT
	[[ "$output" == *fraction.tif* ]]
	[ ! -e m ]
}

@test "a full disk: 74, nothing half-written" {
	run bash -c 'ulimit -f 20; exec "$0" change -q mosaic-2017 mosaic-2024 -o c' "$BALKHASH"
	[ "$status" -eq 74 ]
	[ ! -e c ]
	run bash -c 'ulimit -f 20; exec "$0" mosaic -q 2017/* -o m' "$BALKHASH"
	[ "$status" -eq 74 ]
	[ -z "$(find . -name '.*' -mindepth 1)" ]
}

@test "killed at any moment: the old result or the new one, and the next run cleans up" {
	"$BALKHASH" mosaic -q 2017/* -o m $EXTENT
	hashes m >old
	for after in .02 .05 .1 .2 .4; do
		timeout -s KILL $after "$BALKHASH" mosaic -q 2024/* -o m $EXTENT --overwrite 2>/dev/null || true
		hashes m >now
		diff -q now old >/dev/null || diff now <(hashes mosaic-2024)
	done
	"$BALKHASH" mosaic -q 2024/* -o m $EXTENT --overwrite
	diff <(hashes mosaic-2024) <(hashes m)
	[ -z "$(find . -maxdepth 1 -name '.*' -mindepth 1)" ]
}
