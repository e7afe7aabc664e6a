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

@test "a small window: 99.5 % of the clear pixels agree" {
	judge --small --seed 1
	[[ $output == *"| agree, % |"* ]]
	awk -F'|' '/ km, shore/ && NF > 8 { n++; bad += $4 < 99.5 } END { exit !n || bad }' <<<"$output"
}

@test "a small window: gain and loss by fraction within 1 %" {
	judge --small --seed 1
	[[ $output == *"- met: "* ]]
}

@test "four levels of 30 km of the lake: every target" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	judge
	[ "$status" -eq 0 ]
}
