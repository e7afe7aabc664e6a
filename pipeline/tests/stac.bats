#!/usr/bin/env bats
# The catalogue over results: valid STAC, and a folder of observations is a mosaic for GDAL's STACIT driver.
#
# Validation needs no network but STAC_SCHEMAS, a folder with stac-spec/v1.0.0/... and EXTENSION/VERSION/schema.json,
# and Python's jsonschema or stac-node-validator (scripts/check-stac).

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	make_product() { "$GENERATOR" --out products --center 77.25,46.45 "$@"; }
	make_product --kind landsat-l2 --size 300 --clouds 2 --date 20170720
	make_product --kind landsat-l2 --size 300 --clouds 2 --date 20240712
	make_product --kind sentinel2-l2a --size 720 --clouds 2 --date 20240718
	"$GENERATOR" --out products --kind landsat-l2 --size 300 --date 20240805 --center 77.45,46.45
	"$BALKHASH" scene -q --lake balkhash -o out/observations products/LC09*
	"$BALKHASH" scene -q --lake balkhash --layers water,fraction,why,chlorophyll,quality,vegetation,mndwi,quicklook \
		-o out/observations products/S2B*
	"$BALKHASH" mosaic -q out/observations/LC09*2017* -o out/mosaics/2017
	"$BALKHASH" mosaic -q out/observations/*2024* -o out/mosaics/2024 \
		--layers water,fraction,frequency,observed,wet,partial,months,seasonality,quicklook
	"$BALKHASH" change -q out/mosaics/2017 out/mosaics/2024 -o out/changes/2017-2024
	"$BALKHASH" scene -q -o native/observations products/LC09*20240712* products/S2B*
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR"/{out,native} .
}

# DIR: its catalogue, as the unit test writes it
catalogue() {
	"$(dirname "$BALKHASH")"/pipeline/tests/test_catalog --write "$1"
}

hashes() {
	(cd "$1" && find . -type f | sort | xargs sha256sum | sort)
}

stacit() {
	gdalinfo --format STACIT >/dev/null 2>&1 || skip "no gdalinfo, or it has no STACIT driver"
}

@test "the catalogue leaves results as they are, and is the same twice and elsewhere" {
	hashes out >before
	run -0 catalogue out
	[ "$output" = "7 results, 0 left out" ]
	hashes out >after
	[ "$(comm -13 before after | wc -l)" = 5 ]
	[ -z "$(comm -23 before after)" ]
	cp -r "$BATS_FILE_TMPDIR"/out other
	catalogue other
	diff after <(hashes other)
	run ! grep -rqF "$BATS_TEST_TMPDIR" out --include='c*.json' --include=items.json
}

@test "items, collections and catalogue are valid, and all links lead to files" {
	[ -d "${STAC_SCHEMAS:-}/stac-spec" ] || skip "STAC_SCHEMAS names no folder of STAC schemas"
	for python in python3 /usr/bin/python3 ""; do
		[ -z "$python" ] || ! "$python" -c 'import jsonschema' 2>/dev/null || break
	done
	[ -n "$python" ] || skip "no Python has jsonschema (python3-jsonschema)"
	catalogue out
	run -0 "$python" "$BATS_TEST_DIRNAME"/stac_valid.py out "$STAC_SCHEMAS"
	[ "$output" = "valid: 1 catalog, 3 collection, 11 item" ]
	catalogue native
	run -0 "$python" "$BATS_TEST_DIRNAME"/stac_valid.py native "$STAC_SCHEMAS"
	[ "$output" = "valid: 1 catalog, 1 collection, 4 item" ]
	# It can fail.
	sed -i 's/"license": "/"license": "a /' out/changes/collection.json
	sed -i 's/"Polygon"/"Square"/' out/observations/items.json
	rm out/mosaics/2017/water.tif
	run -1 "$python" "$BATS_TEST_DIRNAME"/stac_valid.py out "$STAC_SCHEMAS"
	[[ "$output" == *"/license"*"valid: 1 catalog, 2 collection, "* && "$output" == *"no file ./water.tif"* ]]
}

@test "stac-node-validator says the same" {
	[ -d "${STAC_SCHEMAS:-}/stac-spec" ] || skip "STAC_SCHEMAS names no folder of STAC schemas"
	command -v "${STAC_VALIDATOR:-stac-node-validator}" >/dev/null || skip "no stac-node-validator (npm)"
	catalogue out
	run -0 "$BATS_TEST_DIRNAME"/../../scripts/check-stac out
	[ "$(grep -c '^valid ' <<<"$output")" = 11 ]
}

@test "STACIT: one observation through the list is the observation" {
	stacit
	mkdir -p one/observations
	cp -r out/observations/LC09*20240712* one/observations
	catalogue one
	cd one/observations
	for layer in water fraction why; do
		gdal_translate -q "STACIT:\"items.json\":asset=$layer" ../$layer.tif
		/usr/bin/python3 "$BATS_TEST_DIRNAME"/same_pixels.py ../$layer.tif LC09*/$layer.tif
	done
}

# GDAL before 3.9.1 leaves out what lies within larger boxes of later ones; here none does.
@test "STACIT: a folder of observations is a mosaic, the latest on top" {
	stacit
	catalogue out
	cd out/observations
	gdalinfo items.json | grep -q 'SUBDATASET_.*_NAME=STACIT:"items.json":asset=chlorophyll$'
	for layer in water fraction; do
		gdal_translate -q "STACIT:\"items.json\":asset=$layer" ../$layer.tif
		/usr/bin/python3 "$BATS_TEST_DIRNAME"/painted_looks.py ../$layer.tif $layer \
			LC09*20170720* LC09*20240712* S2B*20240718* LC09*20240805* >&3
	done
}

@test "STACIT: observations on UTM grids" {
	stacit
	catalogue native
	cd native/observations
	for mission in LC09 S2B; do
		mkdir -p ../$mission/observations
		cp -r $mission* ../$mission/observations
		catalogue ../$mission
		cd ../$mission/observations
		gdal_translate -q 'STACIT:"items.json":asset=water' ../water.tif
		/usr/bin/python3 "$BATS_TEST_DIRNAME"/same_pixels.py ../water.tif $mission*/water.tif
		cd ../../observations
	done
}

@test "what is damaged is left out, and said" {
	echo '{"type": "Feature", ' >out/observations/"$(cd out/observations && ls -d LC09*2017*)"/item.json
	run -0 catalogue out
	[[ "$output" == "left out: "*"LC09_L2SP_2017"*$'\n'"6 results, 1 left out" ]]
	run ! grep -q LC09_L2SP_2017 out/observations/{collection,items}.json
}
