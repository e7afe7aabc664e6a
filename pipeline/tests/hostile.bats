#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Broken and hostile products: each ends soon, with a named cause, and leaves nothing.  See hostile.py.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 -c 'import osgeo' 2>/dev/null || skip "python3-gdal is not installed"
	case $BALKHASH in *san/*) export BALKHASH_SLOW=20 ;; esac
}

hostile() {
	run -0 /usr/bin/python3 "$BATS_TEST_DIRNAME/hostile.py" "$1"
}

@test "Landsat metadata that is cut, flipped, forged" {
	hostile landsat_metadata
}

@test "Landsat images that are cut, flipped, forged, links, pipes" {
	hostile landsat_images
}

@test "Sentinel-2 metadata and images that are cut, flipped, forged" {
	hostile sentinel2
}

@test "archives that are cut, flipped, lead out or explode" {
	hostile archives
}

@test "STAC Items that are forged" {
	hostile stac
}
