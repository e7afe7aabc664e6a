#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Several products of one overpass and tile: the newer of two versions, both of two halves.  And what pixels say of the offset.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	generate() { "$GENERATOR" --lake star --size 300 "$@"; }
	OLD=$PWD/$(generate --out old --kind sentinel2-l2a --baseline 0400)
	NEW=$PWD/$(generate --out new --kind sentinel2-l2a --baseline 0510)
	FIRST=$PWD/$(generate --out first --kind sentinel2-l2a --datastrip 1)
	SECOND=$PWD/$(generate --out second --kind sentinel2-l2a --datastrip 2)
	L1C=$PWD/$(generate --out l1c --kind sentinel2-l1c)
	export OLD NEW FIRST SECOND L1C
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "of two baselines the newer is observed, in any order, and the other named" {
	for order in "$OLD $NEW" "$NEW $OLD"; do
		rm -rf out
		# shellcheck disable=SC2086  # two paths
		run --separate-stderr -0 "$BALKHASH" scene $order -o out
		[ "${#lines[@]}" = 1 ]
		grep -q '"balkhash:baseline": "05.10"' out/*/item.json
		[[ $stderr == *"$(basename "$OLD" .SAFE) is left out"* ]]
	done
}

@test "the same product twice is one observation" {
	run --separate-stderr -0 "$BALKHASH" scene -q "$NEW" "$NEW" -o out
	[ "${#lines[@]}" = 1 ]
}

@test "Level-1C and Level-2A are two observations" {
	run --separate-stderr -0 "$BALKHASH" scene -q "$NEW" "$L1C" -o out
	[ "${#lines[@]}" = 2 ]
	[ "$(ls out | wc -l)" = 2 ]
}

@test "two halves in one call are two observations, named by their data strips" {
	run --separate-stderr -0 "$BALKHASH" scene -q "$FIRST" "$SECOND" -o out
	[ "${#lines[@]}" = 2 ]
	[ "${lines[0]}" != "${lines[1]}" ]
	for d in "${lines[@]}"; do
		[[ $d =~ _T[0-9]{2}[A-Z]{3}_[0-9]{8}T[0-9]{6}$ ]]
	done
}

@test "the second half alone, after the first: nothing is lost, and again it is found" {
	a=$("$BALKHASH" scene -q "$FIRST" -o out)
	b=$("$BALKHASH" scene -q "$SECOND" -o out)
	[ "$a" != "$b" ]
	[ "$("$BALKHASH" scene -q "$SECOND" -o out)" = "$b" ]
	[ "$("$BALKHASH" scene -q "$FIRST" -o out)" = "$a" ]
	run -0 "$BALKHASH" verify out
}

@test "an offset that was subtracted before, or is missing, is doubted; an honest one is not" {
	run --separate-stderr -0 "$BALKHASH" scene -q "$NEW" -o honest
	[[ $stderr != *offset* ]]
	cp -r "$NEW" silent.SAFE
	chmod -R u+w silent.SAFE
	sed -i '/BOA_ADD_OFFSET/d' silent.SAFE/MTD_MSIL2A.xml
	run --separate-stderr -0 "$BALKHASH" scene -q silent.SAFE -o silent
	[[ $stderr == *"--offset -1000"* ]]
	grep -q 'balkhash:warnings' silent/*/item.json
	run --separate-stderr -0 "$BALKHASH" scene -q silent.SAFE -o forced --offset -1000
	[[ $stderr != *"nothing in it is dark"* ]]
	cmp honest/*/water.tif forced/*/water.tif ||
		/usr/bin/python3 "$BATS_TEST_DIRNAME/same_pixels.py" honest/*/water.tif forced/*/water.tif
	run --separate-stderr -0 "$BALKHASH" scene -q "$L1C" -o plain --offset none --rayleigh none
	[[ $stderr != *"darker than black"* ]]
}
