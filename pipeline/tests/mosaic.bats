#!/usr/bin/env bats
# Mosaics of generated observations: against numpy, merged from windows, the same bytes however they are made.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	make_product() { "$GENERATOR" --out products --center 77.25,46.45 "$@"; }
	for date in 20240512 20240712 20240930; do
		make_product --kind landsat-l2 --size 300 --clouds 3 --date $date
	done
	make_product --kind sentinel2-l2a --size 720 --clouds 2 --date 20240718
	"$BALKHASH" scene -q --lake balkhash --layers water,fraction,chlorophyll,turbidity,temperature,mndwi \
		-o in products/LC09*
	"$BALKHASH" scene -q --lake balkhash --layers water,fraction,chlorophyll,turbidity,mndwi -o in products/S2B*
	make_product --kind landsat-l2 --size 300 --shift 400 --date 20190715 --out earlier
	"$BALKHASH" scene -q --lake balkhash -o in-2019 earlier/LC09*2019*
	"$BALKHASH" mosaic -q in-2019 -o mosaic-2019 $EXTENT
}

# The part of the lake's grid that the products lie in, and more; not in whole tiles.
EXTENT="-te 65010 42000 86010 60000"
LAYERS=water,fraction,frequency,observed,wet,partial,source,day,months,seasonality,frequency_low,frequency_high,occurrence

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/{in,mosaic-2019} .
}

hashes() {
	(cd "$1" && find . -type f | sort | xargs sha256sum)
}

# NAME OPTION...: a mosaic of the part
mosaic() {
	local name=$1

	shift
	# shellcheck disable=SC2086
	"$BALKHASH" mosaic -q in/* -o "$name" $EXTENT "$@"
}

# Copies that may be changed.
copy() {
	mkdir -p "$(dirname "$2")"
	cp -rL "$1" "$2"
	chmod -R u+w "$2"
}

@test "layers and medians are those that numpy finds" {
	mosaic m --layers $LAYERS,chlorophyll,turbidity,temperature,quicklook
	/usr/bin/python3 "$BATS_TEST_DIRNAME"/oracle_mosaic.py m in/* >&3
	"$BALKHASH" verify -q m
	# shellcheck disable=SC2086
	"$BALKHASH" mosaic -q in/LC09* -o index $EXTENT --layers mndwi,observed
	/usr/bin/python3 "$BATS_TEST_DIRNAME"/oracle_mosaic.py index in/LC09* >&3
}

@test "the same bytes for any order, threads and instruction set, with every rule" {
	mapfile -t reversed < <(printf '%s\n' in/* | sort -r)
	for rule in frequency median latest best; do
		options=(--rule "$rule" --layers "$LAYERS,turbidity" --fill mosaic-2019)
		mosaic $rule "${options[@]}" --threads 1
		# shellcheck disable=SC2086
		"$BALKHASH" mosaic -q "${reversed[@]}" -o $rule-2 $EXTENT "${options[@]}" --threads 2
		mosaic $rule-7 "${options[@]}" --threads 7 --isa scalar
		diff <(hashes $rule) <(hashes $rule-2)
		diff <(hashes $rule) <(hashes $rule-7)
	done
	[ "$(hashes best)" != "$(hashes latest)" ]
}

@test "windows merged are what one run makes, whatever the order of windows" {
	for rule in ${BALKHASH_LONG:+frequency} best; do
		options=(--rule "$rule" --layers "$LAYERS,chlorophyll,quicklook" --fill mosaic-2019)
		mosaic whole-$rule "${options[@]}"
		i=0
		# Four windows not in whole tiles, of which two overlap.
		for te in "65010 42000 72000 60000" "72000 51000 86010 60000" "71010 48000 86010 51990" "72000 42000 86010 48000"; do
			i=$((i + 1))
			# shellcheck disable=SC2086
			"$BALKHASH" mosaic -q in/* -o windows-$rule/$i -te $te "${options[@]}"
		done
		# shellcheck disable=SC2086
		"$BALKHASH" mosaic -q windows-$rule -o merged-$rule $EXTENT --threads 1
		diff <(hashes whole-$rule) <(hashes merged-$rule)
		# shellcheck disable=SC2086
		"$BALKHASH" mosaic -q windows-$rule/{4,2,3,1} -o merged-$rule-2 $EXTENT --threads 2
		diff <(hashes whole-$rule) <(hashes merged-$rule-2)
	done
	# Half of it, and what no window has.
	"$BALKHASH" mosaic -q windows-best -o half -te 65010 45000 80010 57000
	"$BALKHASH" mosaic -q in/* -o half-in-one -te 65010 45000 80010 57000 "${options[@]}"
	diff <(hashes half-in-one) <(hashes half)
	run -65 "$BALKHASH" mosaic -q windows-best -o all
	[[ "$output" == *"no window covers"* ]]
	# shellcheck disable=SC2086
	run -65 "$BALKHASH" mosaic -q windows-best/{1,2,4} -o all $EXTENT
	[[ "$output" == *"no window covers"* ]]
	[ ! -e all ]
}

@test "the whole lake in one run and in windows" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	"$BALKHASH" mosaic -q in/LC09* -o whole
	left=$(gdalinfo whole/water.tif | sed -n 's/^Upper Left *( *\([-0-9.]*\), *\([-0-9.]*\)).*/\1/p')
	top=$(gdalinfo whole/water.tif | sed -n 's/^Upper Left *( *\([-0-9.]*\), *\([-0-9.]*\)).*/\2/p')
	right=$(gdalinfo whole/water.tif | sed -n 's/^Lower Right *( *\([-0-9.]*\), *\([-0-9.]*\)).*/\1/p')
	bottom=$(gdalinfo whole/water.tif | sed -n 's/^Lower Right *( *\([-0-9.]*\), *\([-0-9.]*\)).*/\2/p')
	"$BALKHASH" mosaic -q in/LC09* -o w/a -te $left $bottom 70000 $top
	"$BALKHASH" mosaic -q in/LC09* -o w/b -te 70000 $bottom $right $top
	"$BALKHASH" mosaic -q w -o merged
	diff <(hashes whole) <(hashes merged)
}

@test "what are not windows of one mosaic: 65, naming what differs; options: 64" {
	"$BALKHASH" mosaic -q in/* -o a -te 65010 42000 72000 60000
	"$BALKHASH" mosaic -q in/* -o rule -te 72000 42000 86010 60000 --rule best
	"$BALKHASH" mosaic -q in/LC09* -o fewer -te 72000 42000 86010 60000
	run -65 "$BALKHASH" mosaic -q a rule -o m
	[[ "$output" == *"option rule"* || "$output" == *"option target_day"* ]]
	run -65 "$BALKHASH" mosaic -q a fewer -o m
	[[ "$output" == *observations* ]]
	run -65 "$BALKHASH" mosaic -q a in/LC09*0712* -o m
	[[ "$output" == *observation* ]]
	run -65 "$BALKHASH" mosaic -q in/LC09*0712* a -o m
	[[ "$output" == *mosaic* ]]
	run -64 "$BALKHASH" mosaic -q a -o m --period 2024-01-01/2025-01-01
	run -64 "$BALKHASH" mosaic -q a -o m --layers water
	copy a broken/a
	printf 'x' | dd of=broken/a/water.tif bs=1 seek=3000 conv=notrunc status=none
	run -65 "$BALKHASH" mosaic -q broken/a -o m -te 65010 42000 72000 60000
	[[ "$output" == *broken/a/water.tif* ]]
	[ ! -e m ]
}

@test "windows that overlap with other pixels: 65" {
	"$BALKHASH" mosaic -q in/* -o a -te 65010 42000 76500 60000
	"$BALKHASH" mosaic -q in/* -o b -te 75000 42000 86010 60000
	# The rasters of an observation-less place, with checksums that fit.
	copy a forged
	/usr/bin/python3 - forged <<-'END'
	import hashlib, json, os, sys
	from osgeo import gdal
	folder = sys.argv[1]
	gdal.UseExceptions()
	old = gdal.Open(folder + "/observed.tif")
	data = old.ReadAsArray()
	data[:, -10:] = 77
	path = folder + "/observed.tif"
	tile = ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=DEFLATE"]
	new = gdal.GetDriverByName("GTiff").Create(folder + "/new.tif", old.RasterXSize, old.RasterYSize, 1, gdal.GDT_UInt16, tile)
	new.SetGeoTransform(old.GetGeoTransform())
	new.SetProjection(old.GetProjection())
	new.GetRasterBand(1).WriteArray(data)
	new = old = None
	os.replace(folder + "/new.tif", path)
	item = json.load(open(folder + "/item.json"))
	asset = item["assets"]["observed"]
	asset["file:size"] = os.path.getsize(path)
	asset["file:checksum"] = "1220" + hashlib.sha256(open(path, "rb").read()).hexdigest()
	json.dump(item, open(folder + "/item.json", "w"))
	END
	run -65 "$BALKHASH" mosaic -q forged b -o m -te 65010 42000 86010 60000
	[[ "$output" == *observed.tif* && "$output" == *overlaps* ]]
	[ ! -e m ]
	"$BALKHASH" mosaic -q a b -o m -te 65010 42000 86010 60000
}

@test "observations by a newer program, altered, or with nothing seen: a line each" {
	copy in/LC09_L2SP_20240712T053259_150028_balkhash newer/a
	sed -i 's/"balkhash": "[0-9.]*"/"balkhash": "99.0"/' newer/a/item.json
	run -65 "$BALKHASH" mosaic -q newer -o m
	[[ "$output" == *newer/a*99.0* ]]
	copy in/LC09_L2SP_20240712T053259_150028_balkhash altered/a
	printf 'x' | dd of=altered/a/turbidity.tif bs=1 seek=3000 conv=notrunc status=none
	"$BALKHASH" mosaic -q altered -o unused $EXTENT --layers fraction
	run -65 "$BALKHASH" mosaic -q altered -o m --layers fraction,turbidity
	[[ "$output" == *altered/a/turbidity.tif* ]]
	run -65 "$BALKHASH" mosaic -q in/LC09*0712* in/LC09*0712* -o m
	[[ "$output" == *twice* ]]
	run -66 "$BALKHASH" mosaic -q in/* -o m --period 2001-01-01/2002-01-01
	run -66 "$BALKHASH" mosaic -q in/* -o m --layers water --period 2001-01-01/2002-01-01
	[ ! -e m ]
}

@test "no room for the spool of medians: 74, nothing half-written" {
	# shellcheck disable=SC2086
	run bash -c 'ulimit -f 900; exec "$0" mosaic -q in/* -o m '"$EXTENT"' --layers turbidity' "$BALKHASH"
	[ "$status" -eq 74 ]
	[ ! -e m ]
	[ -z "$(find . -name '.*' -mindepth 1)" ]
	run --separate-stderr "$BALKHASH" mosaic in/* -o m --layers turbidity
	[[ "$stderr" == *"medians take up to"*"MiB of disk"* ]]
}

# Peak memory of a command in KiB, to the file peak.
measure() {
	/usr/bin/time -f %M -o peak "$@"
}

@test "200 observations of a whole scene at 30 m inside 1 GiB, every rule and quantities" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	for date in 20240513 20240713; do
		"$GENERATOR" --out large --kind landsat-l2 --size 6000 --center 77.25,46.25 --clouds 9 --date $date >/dev/null
	done
	"$BALKHASH" scene -q --lake balkhash --layers water,fraction,chlorophyll,turbidity -o real large/LC09*
	/usr/bin/python3 "$BATS_TEST_DIRNAME"/many_observations.py real many 200
	rm -rf large
	te="-te 5010 -30000 155010 114000"
	part="-te 40020 0 100020 60000"
	for rule in frequency best; do
		# shellcheck disable=SC2086
		measure "$BALKHASH" mosaic many -o $rule $part --rule $rule --layers "$LAYERS,chlorophyll,turbidity" --threads 4 2>log
		echo "# $rule: $(cat peak) KiB of $(grep -o 'up to [0-9]* MiB' log | head -1)" >&3
		[ "$(cat peak)" -lt $((1024 * 1024)) ]
		rm -rf $rule
	done
	# With less memory there are fewer threads, and it is kept too.
	# shellcheck disable=SC2086
	measure "$BALKHASH" mosaic many -o small $te --rule latest --threads 8 --memory 256M 2>log
	echo "# latest: $(cat peak) KiB" >&3
	[ "$(cat peak)" -lt $((256 * 1024)) ]
	# shellcheck disable=SC2086
	run -78 "$BALKHASH" mosaic -q many -o none $te --memory 20M
	[[ "$output" == *--memory* ]]
}
