#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# verify on the output of a run: fine as it was made; each thing that is lost, changed or left over is named, with 65.

bats_require_minimum_version 1.5.0

# Two periods of a product each, of more than one tile; and the catalogue over them.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	cat >star.ini <<-END
		[lake]
		name = star
		outline = star.geojson
		buffer = 0
		tr = 10
	END
	cat >star.geojson <<-END
		{"type": "Polygon", "coordinates": [[[75.42, 46.52], [75.52, 46.52], [75.52, 46.58], [75.42, 46.58], [75.42, 46.52]]]}
	END
	cat >config.ini <<-END
		[lake]
		lake = star.ini
		[inputs]
		products = products
		settle = 0
		[period 2017]
		from = 2017-05-01
		to = 2017-11-01
		[period 2024]
		from = 2024-05-01
		to = 2024-11-01
		[output]
		output = out
	END
	local day
	for day in 20170612 20240612; do
		"$GENERATOR" --out generated --kind landsat-l2 --lake star --size 300 --date $day >/dev/null
	done
	mkdir products
	mv generated/LC09* products
	"$BALKHASH" run -q config.ini >/dev/null
	catalogue out
}

# DIR: its catalogue, as the unit test writes it
catalogue() {
	"$(dirname "$BALKHASH")"/pipeline/tests/test_catalog --write "$1" >/dev/null
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR"/{out,config.ini,star.ini,star.geojson,products} .
	observation=$(echo out/observations/LC09_*20240612*)
}

# PATTERN...: verify ends with 65 and has so many lines BAD, each of one of these
found() {
	local pattern
	run -65 --separate-stderr "$BALKHASH" verify out
	[ "$(grep -c '^BAD' <<<"$output")" = $# ] || { echo "$output"; return 1; }
	for pattern; do
		grep -q "^BAD out/.*$pattern" <<<"$output" || { echo "no $pattern in: $output"; return 1; }
	done
	[[ $stderr == *"$# of "*" are not what they say"* ]]
}

# RESULT LAYER: item.json says of the file what it is now
reseal() {
	/usr/bin/python3 - "$1" "$2" <<-'END'
		import hashlib, json, sys
		folder, layer = sys.argv[1:]
		item = json.load(open(folder + "/item.json"))
		data = open(folder + "/" + layer + ".tif", "rb").read()
		item["assets"][layer]["file:size"] = len(data)
		item["assets"][layer]["file:checksum"] = "1220" + hashlib.sha256(data).hexdigest()
		json.dump(item, open(folder + "/item.json", "w"), indent=2)
	END
}

@test "fine as it was made, moved or copied" {
	run -0 --separate-stderr "$BALKHASH" verify out
	[ -z "$stderr" ]
	[ "$(grep -c '^ok  out/' <<<"$output")" = 10 ]
	[ "${lines[-1]}" = "ok  out" ]
	mv out elsewhere
	run -0 "$BALKHASH" verify -q elsewhere/ --threads 3
	[ "${#lines[@]}" = 11 ]
	run -0 --separate-stderr "$BALKHASH" verify -q --json elsewhere
	[ "$(grep -c '"ok": true' <<<"$output")" = 11 ]
}

@test "a byte, a cut, a file that is gone" {
	printf 'x' | dd of="$observation/water.tif" bs=1 seek=5000 conv=notrunc status=none
	truncate -s -1 out/mosaics/2024/frequency.tif
	rm out/changes/2017-2024/summary.csv
	found "20240612.*: water.tif has changed since it was made (SHA-256)" \
		"2024: frequency.tif has another size than when it was made" \
		"2017-2024: summary.csv is missing"
}

@test "written again without overviews, and item.json made to fit" {
	local f=$observation/water.tif
	gdal_translate -q -co TILED=YES -co BLOCKXSIZE=512 -co BLOCKYSIZE=512 -co COMPRESS=DEFLATE "$f" other.tif
	cp other.tif "$f"
	reseal "$observation" water
	found "20240612.*water.tif: its header does not promise .*water.tif: overview 1, of .*is missing; item.json is not the one that was published"
	# By GDAL's own driver of such files: laid out otherwise, and still not the one that was published.
	gdal_translate -q -of COG -co BLOCKSIZE=512 other.tif cog.tif
	cp cog.tif "$f"
	reseal "$observation" water
	found "item.json is not the one that was published"
}

@test "an item that was edited" {
	sed -i 's/"eo:cloud_cover": /&1/; s/"instruments"/"instrument"/' "$observation/item.json"
	found "20240612.*item.json is not the one that was published"
	sed -i 's/"bbox": \[/"bbox": [ 1, 2, 3, 4 ], "box": [/' out/mosaics/2017/item.json
	echo '{' >out/changes/2017-2024/item.json
	found "20240612" "2017: item.json: the geometry is not inside the bbox" "2017-2024/item.json"
}

@test "links" {
	sed -i '/20240612.*item.json/d' out/observations/items.json
	sed -i 's|/observations/collection.json|/observation/collection.json|' out/catalog.json
	sed -i 's|"./2017/item.json"|"./2016/item.json"|' out/mosaics/collection.json
	sed -i 's|"rel": "item"|"rel": "items"|' out/changes/collection.json
	found "catalog.json: its link to ./observation/collection.json leads to no file; it does not link to observations" \
		"mosaics/collection.json: its link to ./2016/item.json leads to no result; the result 2017 is not linked" \
		"changes/collection.json: the result 2017-2024 is not linked" "observations/items.json: it is no FeatureCollection"
	rm out/mosaics/collection.json
	catalogue out
	run -0 "$BALKHASH" verify -q out
}

@test "a catalogue that is older than its results" {
	cp -r out/mosaics/2017 out/mosaics/2016
	rm out/observations/collection.json
	found "mosaics/collection.json: the result 2016 is not linked" \
		"catalog.json: its link to ./observations/collection.json leads to no file" "observations/collection.json: it is missing"
	[[ $stderr == *"mosaics/2016: no unit of the ledger made it"* ]]
}

@test "a result that is gone, or is another's: the run mends the first" {
	rm -r "$observation"
	found "20240612.*: it is not there, but the ledger says that it was made" \
		"collection.json: its link to .*20240612.* leads to no result" "items.json: its link to .*20240612.* leads to no result"
	"$BALKHASH" run -q config.ini >/dev/null
	run -0 "$BALKHASH" verify -q out
	"$BALKHASH" mosaic -q "$observation" -o out/mosaics/2017 --overwrite
	found "2017: it is of unit .*, but the ledger says that unit .* was published here"
}

@test "what killed processes left" {
	mkdir "out/mosaics/.2017.stage-$(hostname | tr . _)-999999-1"
	mkdir out/changes/.x.old-somewhere-1-2
	touch out/.catalog.json.somewhere-12345678-99.tmp
	touch out/mosaics/.hidden
	found "mosaics/.2017.stage-.*: left over by a process that was killed" "changes/.x.old-.*: left over" ".catalog.json.*: left over"
}

@test "a run that is killed and run again is as it should be" {
	rm -r out
	"$BALKHASH" run -q config.ini >/dev/null 2>&1 &
	pid=$!
	sleep .2
	kill -KILL $pid
	wait $pid || true
	"$BALKHASH" run -q config.ini >/dev/null
	run -0 "$BALKHASH" verify -q out
	[ "$(grep -c '^ok ' <<<"$output")" -ge 6 ]
}

@test "what is wrong is told to programs too" {
	printf 'x' | dd of="$observation/water.tif" bs=1 seek=5000 conv=notrunc status=none
	touch "$observation/extra" 'out/mosaics/.2017.old-h-1-2'
	cp -r out/mosaics/2017 out/mosaics/2016
	mkdir out/mosaics/$'x\xff'
	run -65 --separate-stderr "$BALKHASH" verify -q --json out
	/usr/bin/python3 - "$output" <<-'END'
		import json, sys
		report = {r["path"]: r for r in json.loads(sys.argv[1])}
		bad = {p for p, r in report.items() if not r["ok"]}
		observation = next(p for p in report if "20240612" in p)
		assert bad == {observation, "out/mosaics/.2017.old-h-1-2", "out/mosaics/collection.json"}, bad
		assert report[observation]["findings"] == ["water.tif has changed since it was made (SHA-256)"]
		assert report[observation]["extra_files"] == ["extra"]
		assert report[observation]["error"] == observation + ": water.tif has changed since it was made (SHA-256)"
		assert report["out/mosaics/x?"]["ok"]
		assert report["out/mosaics/2016"]["warnings"] == ["no unit of the ledger made it"]
	END
}
