#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Change maps beside exact truth: the fractal lake at two levels, two zones, three sensors, clouds.

bats_require_minimum_version 1.5.0

setup() {
	/usr/bin/python3 -c 'import osgeo' 2>/dev/null || skip "python3-gdal is not installed"
}

# The first case's shares of clear pixels whose class agrees, and without doubtful ones.
judge() { # OPTION...
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/../../scripts/accuracy/change.py" "$@"
	sed -n 's/^|/# |/p' <<<"$output" >&3
}

# 99.5 % of the clear pixels agree.
agrees() {
	[[ $output == *"| agree, % |"* ]]
	awk -F'|' '/ km, shore/ && NF > 8 { n++; bad += $4 < 99.5 } END { exit !n || bad }' <<<"$output"
}

# The net change is by fraction, which no threshold cuts.  A strip of the shore narrower than two pixels is for a large
# part of pixels that moved by less than the 30 points of a change; 15 km of a strip of two are 450 pixels, of which
# the 1 % would be four: so here it moves by ten.
@test "a small window: 99.5 % of pixels agree; gain and loss by pixels, and the net change by fraction, within 1 %" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	judge --small --seed 1 --shift 300
	agrees
	[[ $output == *"- met: "* ]]
}

@test "a small window, a shore that moved by two pixels: 99.5 % of pixels agree" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	judge --small --seed 1
	agrees
}

@test "four levels of 30 km of the lake: every target" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	judge
	[ "$status" -eq 0 ]
}
