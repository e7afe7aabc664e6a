#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What "change" does with inputs and outputs that are not as they should be: a clear line, and nothing half-written.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	for year in 2017 2024; do
		product=$("$GENERATOR" --out products --lake circle --radius 1500 --size 150 --kind landsat-l2 \
			--center 77.95,46.45 --date ${year}0712 --shift $((year == 2017 ? 60 : 0)))
		"$BALKHASH" scene -q "$product" --lake balkhash -o $year >/dev/null
		"$BALKHASH" mosaic -q $year/* -o mosaic-$year $EXTENT >/dev/null
	done
}

# The part of the lake's grid around it.
EXTENT="-te 120000 45000 136020 57000"

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	cp -r "$BATS_FILE_TMPDIR"/{2017,2024,mosaic-2017,mosaic-2024} .
	chmod -R u+w .
}

hashes() {
	(cd "$1" && find . -type f | sort | xargs sha256sum)
}

# The command ends so, its last line has the words, and there is neither a result nor a part of one.
refused() { # STATUS WORDS ARGUMENT...
	local status_wanted=$1 words=$2
	shift 2
	run "-$status_wanted" "$BALKHASH" change -q "$@"
	echo "$output"
	[[ ${lines[-1]} == "balkhash: "*"$words"* ]]
	nothing_left
}

nothing_left() {
	[ ! -e change ]
	[ -z "$(find . -name '.*' -mindepth 1)" ]
}

# A value of the key in item.json; the first there is.
set_fact() { # FOLDER KEY JSON_VALUE
	/usr/bin/python3 - "$@" <<-PYTHON
	import json, sys
	path = sys.argv[1] + "/item.json"
	item = json.load(open(path))
	at, keys = item, sys.argv[2].split("/")
	for key in keys[:-1]:
	    at = at[key]
	at[keys[-1]] = json.loads(sys.argv[3])
	json.dump(item, open(path, "w"))
	PYTHON
}

@test "another grid or CRS: 65, naming both" {
	product=$(ls -d "$BATS_FILE_TMPDIR"/products/LC09*2024*)
	coarse=$("$BALKHASH" scene -q "$product" --lake balkhash -tr 60 60 -o coarse)
	own=$("$BALKHASH" scene -q "$product" -o own)
	refused 65 lattice mosaic-2017 "$coarse" -o change
	[[ $output == *mosaic-2017*"30 x 30"*coarse*"60 x 60"* ]]
	refused 65 lattice mosaic-2017 "$own" -o change
	[[ $output == *mosaic-2017*laea*own*EPSG:32643* ]]
}

@test "another lake: a warning that names both" {
	set_fact mosaic-2024 properties/balkhash:lake '"alakol"'
	run -0 "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o change
	[[ ${lines[0]} == *warning*mosaic-2017*balkhash*mosaic-2024*alakol* ]]
}

@test "BEFORE is later than AFTER: a warning that names both" {
	run -0 "$BALKHASH" change -q mosaic-2024 mosaic-2017 -o change
	[[ ${lines[0]} == *warning*mosaic-2024*later*mosaic-2017* ]]
}

@test "a layer or its file is missing: the file, and what to do" {
	rm mosaic-2024/frequency.tif
	refused 65 mosaic-2024/frequency.tif mosaic-2017 mosaic-2024 -o change
	rm mosaic-2024/fraction.tif
	refused 65 mosaic-2024/fraction.tif mosaic-2017 mosaic-2024 -o change
	bare=$("$BALKHASH" scene -q "$BATS_FILE_TMPDIR"/products/LC09*2024* --lake balkhash --layers water -o bare)
	refused 65 "no layer fraction" mosaic-2017 "$bare" -o change
}

@test "item.json is missing, cut, or lies about the size: named" {
	cp -r mosaic-2024 broken
	rm broken/item.json
	refused 66 broken mosaic-2017 broken -o change
	head -c 1000 mosaic-2024/item.json >broken/item.json
	refused 65 broken/item.json mosaic-2017 broken -o change
	cp mosaic-2024/item.json broken
	set_fact broken properties/proj:shape '[100, 100]'
	refused 65 broken/ mosaic-2017 broken -o change
}

@test "a raster is cut or damaged: 65 naming it, whichever it is" {
	for layer in water fraction frequency; do
		cp -r mosaic-2024 broken
		truncate -s -2000 broken/$layer.tif
		refused 65 broken/$layer.tif mosaic-2017 broken -o change
		rm -r broken
	done
}

@test "a change is no input: 65" {
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o made >/dev/null
	refused 65 '"change"' mosaic-2017 made -o change
}

@test "one path, no -o: 64; a period named twice among several: 65" {
	refused 64 "AFTER" mosaic-2017 -o change
	refused 65 "same result" mosaic-2017 mosaic-2024 mosaic-2017 -o change
	refused 64 "-o" mosaic-2017 mosaic-2024
}

@test "the output is there: the same change is kept, another one or other things are 73" {
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o made >/dev/null
	hashes made >before
	run -0 "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o made
	refused 73 --overwrite mosaic-2017 2024/* -o made
	diff before <(hashes made)
	mkdir things
	echo mine >things/note
	refused 73 things mosaic-2017 mosaic-2024 -o things
	refused 73 things mosaic-2017 mosaic-2024 -o things --overwrite
	[ "$(cat things/note)" = mine ]
}

@test "a full disk: 74, nothing half-written" {
	for blocks in 4 20 60; do
		run bash -c 'ulimit -f "$1"; exec "$0" change -q mosaic-2017 mosaic-2024 -o change' "$BALKHASH" $blocks
		[ "$status" -eq 74 ]
		nothing_left
	done
}

@test "killed at any moment: the old result or the new one, and the next run cleans up" {
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o made >/dev/null
	hashes made >old
	"$BALKHASH" change -q mosaic-2017 2024/* -o other >/dev/null
	hashes other >new
	for after in .02 .05 .1 .2 .4 .8; do
		timeout -s KILL $after "$BALKHASH" change -q mosaic-2017 2024/* -o made --overwrite >/dev/null 2>&1 || true
		hashes made >now
		diff -q now old >/dev/null || diff now new
	done
	"$BALKHASH" change -q mosaic-2017 2024/* -o made --overwrite >/dev/null
	diff new <(hashes made)
	nothing_left
}

@test "no room in memory: 78 with the least that does" {
	refused 78 --memory mosaic-2017 mosaic-2024 -o change --memory 32M
}

@test "a result of a newer version: 65, naming it and the version" {
	set_fact mosaic-2024 properties/processing:software '{"balkhash": "99.0.0"}'
	refused 65 99.0.0 mosaic-2017 mosaic-2024 -o change
	[[ $output == *mosaic-2024* ]]
}

@test "a file that is not what item.json says: 65 naming it" {
	cp mosaic-2017/fraction.tif mosaic-2024
	refused 65 mosaic-2024/fraction.tif mosaic-2017 mosaic-2024 -o change
}

@test "the same result twice: a warning, whatever its path" {
	ln -s mosaic-2017 link
	for other in mosaic-2017 ./mosaic-2017/ link; do
		run -0 "$BALKHASH" change -q mosaic-2017 $other -o change --overwrite
		[[ ${lines[0]} == *warning*mosaic-2017* ]]
	done
}

# Looks of a mosaic on so many days of 2017, counted from 0, every eighth, at 18:00.
seen_on() { # MOSAIC FIRST LAST...
	local mosaic=$1 days=()
	shift
	while [ $# -gt 0 ]; do
		mapfile -t -O ${#days[@]} days < <(seq "$1" 8 "$2")
		shift 2
	done
	set_fact "$mosaic" properties/balkhash:inputs "$(/usr/bin/python3 - "${days[@]}" <<-PYTHON
		import datetime, json, sys
		def day(n):
		    return datetime.datetime(2017, 1, 1, 18) + datetime.timedelta(days=int(n))
		print(json.dumps([{"id": "LC08", "time": day(n).strftime("%Y-%m-%dT%H:%M:%SZ")} for n in sys.argv[1:]]))
		PYTHON
	)"
}

@test "seasons: of a whole year without its winter, of a winter over the turn of the year" {
	seen_on mosaic-2017 51 334
	seen_on mosaic-2024 60 309
	run -0 --separate-stderr "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o year
	[ -z "$stderr" ]
	grep -A4 '"before"' year/summary.json | grep -q '"median_day": 188.0'
	seen_on mosaic-2017 0 59 320 363
	run -0 "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o winter
	[[ $output == *"BEFORE was seen around 1 January, AFTER around 30 June"* ]]
	grep -A4 '"before"' winter/summary.json | grep -q '"median_day": 1.0'
}

@test "levels: as spreadsheets write them, and what would be taken for another number is refused" {
	printf '\xef\xbb\xbf2017-07-12,341.5 \r\n2024-07-12,341.5,m\r\n' >bom.csv
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o bom --levels bom.csv >/dev/null
	grep -A6 '"before"' bom/summary.json | grep -q '"level_m": 341.5'
	local wrong
	for wrong in 2017-07-12,341,5 2017-13-12,341.5 2017-07-12,1e308 '2017-07-12,' '2017-07-12;341.5'; do
		printf '%s\n' "$wrong" >wrong.csv
		refused 65 "wrong.csv: line 1 is not DATE,METRES" mosaic-2017 mosaic-2024 -o change --levels wrong.csv
	done
}

@test "a lake that nobody named is looked for in no file" {
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o plain >/dev/null
	mkdir balkhash
	run -0 "$BALKHASH" change mosaic-2017 mosaic-2024 -o plain
	rmdir balkhash
	echo x >balkhash
	run -0 "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o file
	cmp plain/item.json file/item.json
	[[ $output == *"seen "*" %"* && $output != *"without a lake's outline"* ]]
	printf '[lake]\noutline = /nowhere\n' >other.ini
	set_fact mosaic-2017 properties/balkhash:lake "\"$PWD/other.ini\""
	set_fact mosaic-2024 properties/balkhash:lake "\"$PWD/other.ini\""
	run -0 "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o hostile
	[[ $output == *"is not built in"* ]]
	# There is nothing that what was seen could be a share of.
	[[ $output == *"seen "*" km2"*"without a lake's outline"* ]]
}

@test "a lake of a file: its name, not its path; a new outline is another result" {
	outline() {
		printf '{"type":"Polygon","coordinates":[[[77.9,46.4],[78,46.4],[78,%s],[77.9,46.5],[77.9,46.4]]]}' "$1" >"$2"/pond.geojson
		printf '[lake]\nname = pond\noutline = pond.geojson\n' >"$2"/pond-file.ini
	}
	mkdir here there
	outline 46.5 here
	outline 46.5 there
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o here/change --lake here/pond-file.ini >/dev/null
	"$BALKHASH" change -q mosaic-2017 mosaic-2024 -o there/change --lake "$PWD/there/pond-file.ini" >/dev/null
	diff -r here/change there/change
	grep -q '"lake": "pond"' here/change/summary.json
	outline 46.51 here
	run -73 "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o here/change --lake here/pond-file.ini
}

@test "a lake that is named and not there: 66" {
	refused 66 nowhere.ini mosaic-2017 mosaic-2024 -o change --lake nowhere.ini
}

@test "an outline that crosses itself: 65, where it does" {
	cat >bow.geojson <<-JSON
		{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon",
		"coordinates": [[[77.9, 46.4], [78.0, 46.5], [78.0, 46.4], [77.9, 46.5], [77.9, 46.4]]]}}]}
	JSON
	printf '[lake]\nname = bow\noutline = bow.geojson\n' >bow.ini
	refused 65 "crosses itself" mosaic-2017 mosaic-2024 -o change --lake bow.ini
	[[ $output == *bow.geojson* ]]
}

@test "the output in an input, or in place of one: refused, and the input stays" {
	hashes mosaic-2017 >before
	for output in mosaic-2017/change mosaic-2017 ./mosaic-2017/.; do
		run "$BALKHASH" change -q mosaic-2017 mosaic-2024 -o $output --overwrite
		[ "$status" -eq 64 ] || [ "$status" -eq 73 ]
		diff before <(hashes mosaic-2017)
	done
}
