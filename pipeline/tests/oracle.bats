#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every real product and metadata file: what info says is what an independent reading finds.

bats_require_minimum_version 1.5.0

@test "info --json agrees with other parsers on all test data" {
	[ -d "${BALKHASH_TESTDATA:-}" ] || skip "BALKHASH_TESTDATA names no folder of products"
	/usr/bin/python3 -c 'import osgeo' 2>/dev/null || skip "python3-gdal is not installed"
	run -0 /usr/bin/python3 "$BATS_TEST_DIRNAME/oracle_info.py" "$BALKHASH_TESTDATA"
	[ "${#lines[@]}" -gt 50 ]
}
