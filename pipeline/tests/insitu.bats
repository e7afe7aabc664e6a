#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Water quality of single spectra: the program's own rules beside oracle_quality.py. 

bats_require_minimum_version 1.5.0

HEADER="id,b443,b490,g560,r665,e705,n740,n783,n865,s1610,s2200"

setup() {
	bench=$(dirname "$BALKHASH")/pipeline/tests/bench_insitu
}

agrees() { # PROGRAM
	/usr/bin/python3 -B "$BATS_TEST_DIRNAME/oracle_insitu.py" "$1"
}

# bench_insitu with awk's change of its output.
wrong() { # AWK
	printf '#!/bin/bash\n%q | awk -F, -v OFS=, %q\n' "$bench" "$1 { print }" >"$BATS_TEST_TMPDIR/wrong"
	chmod +x "$BATS_TEST_TMPDIR/wrong"
	run agrees "$BATS_TEST_TMPDIR/wrong"
}

@test "the oracle of water quality knows the values of others" {
	run -0 /usr/bin/python3 -B "$BATS_TEST_DIRNAME/oracle_quality.py"
	[ "${#lines[@]}" -gt 140 ]
	[[ $output != *"not ok"* ]]
}

@test "3000 spectra made at random: every column is as the papers have it" {
	run -0 agrees "$bench"
	[[ $output == "3000 spectra (seed 1): 21 columns agree" ]]
}

@test "a value that is off, or missing, or a flag too many would be found" {
	wrong ''
	[ "$status" = 0 ]
	wrong 'NR == 1000 { $5 *= 1.001 }'
	[ "$status" = 1 ]
	[[ $output == *"row 998, oc2: "* ]]
	wrong 'NR == 1000 { $5 = "nan" }'
	[ "$status" = 1 ]
	wrong 'NR > 1 { $22 = 0 }'
	[ "$status" = 1 ]
	[[ $output == *", flags: "* ]]
	wrong 'NR == 1 { sub(",gons", ",bones") }'
	[ "$status" = 1 ]
	[[ $output == *"gons: None of the program"* ]]
	wrong 'NR == 3000 { exit }'
	[ "$status" = 1 ]
	[[ $output == *"not the rows that it was given"* ]]
}

@test "a spectrum by hand: clear, green, muddy, without bands" {
	run -0 "$bench" <<<"$HEADER
7,.02,.02,.02,.005,.003,,,,,
8,.02,.02,.02,.03,.06,,,,,
9,.02,.05,.1,.12,.08,,,.1,,
10,,,,,,,,,,"
	[ "${#lines[@]}" = 5 ]
	field() { cut -d, -f"$2" <<<"${lines[$1]}"; }
	[ "$(cut -d, -f19,20,22 <<<"${lines[0]}")" = balkhash,balkhash_landsat,flags ]
	awk -v v="$(field 1 19)" 'BEGIN { exit !(v > 1.7333 && v < 1.7335) }'
	[ "$(field 1 22)" = 32 ]
	awk -v v="$(field 2 19)" 'BEGIN { exit !(v > 64.335 && v < 64.336) }'
	[ "$(field 2 22)" = 16 ]
	[ "$(field 3 19),$(field 3 20),$(field 3 22)" = nan,nan,12 ]
	[ "$(field 4 19),$(field 4 21),$(field 4 22)" = nan,nan,5 ]
}

@test "what is no table of spectra is refused in words" {
	refused() { # TEXT WORDS
		run -65 "$bench" <<<"$1"
		[[ $output == *"$2"* ]] || { echo "$output" >&2; return 1; }
	}
	refused "" "line 1: the header is not"
	refused "id,b490" "line 1: the header is not"
	refused "$HEADER
0,1,1,1" "line 2: 3 bands instead of 10"
	refused "$HEADER
0,1,1,1,1,1,1,1,1,1,1
0,1,1,1,1,1,1,1,1,1,1,1" "line 3: more than 10 bands"
	refused "$HEADER
x,1,1,1,1,1,1,1,1,1,1" "\"x\" is not the number of a spectrum"
	refused "$HEADER
,1,1,1,1,1,1,1,1,1,1" "\"\" is not the number"
	for number in nan inf 0x1 " 1" 1.2.3 --1 e . 1e; do
		refused "$HEADER
0,1,$number,1,1,1,1,1,1,1,1" "\"$number\" is not a number"
	done
	for number in 999.99 -2 1e999 -1e999; do
		refused "$HEADER
0,1,$number,1,1,1,1,1,1,1,1" "$number is not a reflectance"
	done
	refused "$HEADER
0,$(printf '1%.0s' {1..2000}),1,1,1,1,1,1,1,1,1" "a line of more than 998 bytes"
	run -65 "$bench" < <(printf '%s\n0,1\0,1,1,1,1,1,1,1,1,1\n' "$HEADER")
	[[ $output == *"a zero byte: not text"* ]]
	run -65 "$bench" </dev/null
	run -64 "$bench" spectra.csv
	run -74 bash -c '"$0" <<<"$1" >/dev/full' "$bench" "$HEADER"
}

@test "constants of water_optics.c are those of the spectral responses" {
	data=${BALKHASH_TESTDATA:-}
	[ -d "$data/rsr" ] || skip "BALKHASH_TESTDATA has no folder rsr of spectral responses"
	run -0 scripts/water-constants.py --check pipeline/io/water_optics.c "$data/rsr" "$data/chlorophyll/pure_water.csv"
	sed 's/287\.86f/287.87f/' pipeline/io/water_optics.c >"$BATS_TEST_TMPDIR/optics.c"
	run -1 scripts/water-constants.py --check "$BATS_TEST_TMPDIR/optics.c" "$data/rsr" "$data/chlorophyll/pure_water.csv"
	[[ $output == *"MSI of Sentinel-2A"*287.86* ]]
}
