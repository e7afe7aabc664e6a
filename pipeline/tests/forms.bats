#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every form of product that is read, with one truth written in all of them: forms_truth.py,
# forms_same.py and forms_masks.py compare.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 -c 'import osgeo' 2>/dev/null || skip "python3-gdal is not installed"
}

export FORMS_SHARED=$BATS_FILE_TMPDIR

forms() { # FILE TEST
	run -0 /usr/bin/python3 -B "$BATS_TEST_DIRNAME/forms_$1.py" "$2"
}

@test "reflectance by gain and offset is the truth within half a step, in every form" {
	forms truth reflectance
}

@test "indices are those of the truth within the steps of their bands, in every form" {
	forms truth indices
}

@test "water stands where it stands, in every form" {
	forms truth water
}

@test "Level-1 is divided by the sun's angle of each pixel where the product has it" {
	forms truth sun
}

@test "folder, metadata file, tar, tar.gz and zip give the same bytes" {
	forms same containers
}

@test "MTL as txt, xml, json, GeoTIFF for JPEG 2000, old naming, STAC give the same rasters" {
	forms same metadata
}

@test "gaps of Landsat 7 are gaps" {
	forms masks gaps
}

@test "half tiles are two observations" {
	forms masks halves
}

@test "two granules are two observations" {
	forms masks granules
}

@test "every form of cloud mask hides the same pixels" {
	forms masks clouds
}

@test "rows that were lost are defects" {
	forms masks defects
}

@test "what is not read is refused by its name" {
	generate() { "$GENERATOR" --out "$1" --size 60 "${@:2}"; }
	refused() { # WORD PATH
		run -65 "$BALKHASH" scene -q "$2" -o out
		[[ "$output" == *"$1"* ]]
		[ -z "$(ls -A out 2>/dev/null)" ]
	}
	l1=$(generate mss --kind landsat-l1 --spacecraft LT05)
	sed -i 's/SENSOR_ID = "TM"/SENSOR_ID = "MSS"/' "$l1"/*_MTL.txt
	refused MSS "$l1"
	mkdir espa && echo '<espa_metadata version="2.0"/>' >espa/LT05_MTL.xml
	refused ESPA espa
	mkdir aws && echo '{}' >aws/tileInfo.json
	refused AWS aws
	hls=$(generate hls --kind hls-l30)
	for f in "$hls"/*; do mv "$f" "${f/.v2.0./.v1.4.}"; done
	refused 1.4 "$hls"
	l2=$(generate float --kind landsat-l2)
	gdal_translate -q -ot Float32 "$l2"/*_SR_B3.TIF float.tif
	mv float.tif "$(ls "$l2"/*_SR_B3.TIF)"
	refused Float32 "$l2"
}
