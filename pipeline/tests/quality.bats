#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Layers of the water's quality: value by value as oracle_quality_map.py reads them, the same bytes however made.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 -c 'import osgeo, numpy' 2>/dev/null || skip "python3-gdal is not installed"
}

takes_long() {
	[ -n "${BALKHASH_LONG:-}" ] || skip "takes long: make check-all runs it"
}

generate() { # OPTION...
	"$GENERATOR" --out products "$@"
}

scene() { # PRODUCT OPTION...; says nothing
	"$BALKHASH" scene -q "$@" >/dev/null
}

oracle() { # map|lake ARGUMENT...
	/usr/bin/python3 -B "$BATS_TEST_DIRNAME/oracle_quality_$1.py" "${@:2}"
}

# Every observation in out-*, of one product, is as the oracle has it.
agrees() { # PRODUCT OPTION...
	run -0 oracle map "$1" out-*/* "${@:2}"
	printf '# %s\n' "${lines[@]}" >&3
	rm -rf out-*
}

OTHERS=turbidity,spm,cdom,quality,why,fai

@test "Landsat 9: each algorithm gives the value that its formula has in double precision" {
	product=$(generate --kind landsat-l2 --size 120 --lake star --radius 1400 --surface natural --hard)
	printf '%s\n' balkhash oc2 oc3 oc3-franz ci oci |
		xargs -P 2 -I NAME "$BALKHASH" scene -q "$product" -o out-NAME --threads 1 \
			--layers "chlorophyll:NAME,secchi,temperature,$OTHERS" >/dev/null
	scene "$product" -o out-own --layers "chlorophyll:regression,quality,why" --regression "1.3 -2.1*blue/green .4*red .2"
	agrees "$product"
}

@test "Landsat 7 and 5: the same, beside gaps, clouds, noise and the swath's edge" {
	product=$(generate --kind landsat-l2 --spacecraft LE07 --slc-off --swath-edge --size 120 --lake star \
		--radius 1400 --surface natural --hard --clouds 3)
	for algorithm in balkhash oc2; do
		scene "$product" -o out-$algorithm --layers "chlorophyll:$algorithm,temperature,$OTHERS"
	done
	agrees "$product"
	product=$(generate --kind landsat-l2 --spacecraft LT05 --noise .006 --water clear-water --size 120 \
		--lake star --radius 1400)
	for algorithm in balkhash oc2; do
		scene "$product" -o out-$algorithm --layers "chlorophyll:$algorithm,temperature,$OTHERS"
	done
	agrees "$product"
}

@test "HLS S30: the same for algorithms of the red edge" {
	product=$(generate --kind hls-s30 --size 120 --lake star --radius 1400 --surface natural --hard)
	printf '%s\n' balkhash oc2 oc3 ci oci ndci moses2 gilerson2 gurlin2 moses3 gilerson3 gurlin3 gons |
		xargs -P 2 -I NAME "$BALKHASH" scene -q "$product" -o out-NAME --threads 1 \
			--layers chlorophyll:NAME,quality,why >/dev/null
	scene "$product" -o out-rest --layers "chlorophyll:regression,secchi,afai,mci,$OTHERS" \
		--regression "1.3 -2.1*edge705/red"
	agrees "$product"
	product=$(generate --kind hls-s30 --size 120 --lake star --radius 1400 --water clear-water --noise .003)
	for algorithm in balkhash gons; do
		scene "$product" -o out-$algorithm --layers "chlorophyll:$algorithm,secchi,$OTHERS"
	done
	agrees "$product"
}

@test "what is bright in the infrared has no value, what floats no chlorophyll" {
	product=$(generate --kind hls-s30 --size 100 --lake star --radius 1200 --water clear-water --noise .003)
	limits=(plants.fai=-.001 quality.nir=.0065 quality.swir1=.006 chl.turbid=2)
	scene "$product" -o out-bright --layers "chlorophyll:oc2,secchi,$OTHERS" "${limits[@]/#/--set=}"
	agrees "$product" "${limits[@]}"
}

@test "Sentinel-2: the same at 10 m, where windows are 9 x 9 pixels" {
	product=$(generate --kind sentinel2-l2a --images tif-as-jp2 --size 180 --lake star --radius 700)
	scene "$product" -o out-s2 --glint none --layers chlorophyll:oc2,turbidity,spm,cdom,quality,why
	agrees "$product" GLINT=none
}

@test "what is taken off for glint, and the side of the windows, are what they are asked to be" {
	takes_long
	product=$(generate --kind hls-s30 --size 100 --lake circle --water clear-water --noise .004)
	layers=chlorophyll,turbidity,quality,why
	for glint in direct none; do
		scene "$product" -o out-$glint --layers $layers --glint $glint
		run -1 oracle map "$product" out-$glint/*
		run -0 oracle map "$product" out-$glint/* GLINT=$glint
	done
	for window in 0 60 150 5000; do
		scene "$product" -o out-$window --layers $layers --set quality.window=$window
		run -0 oracle map "$product" out-$window/* quality.window=$window
	done
	run -0 oracle map "$product" out-60/*
	run -1 oracle map "$product" out-150/*
	echo "# ${lines[-1]}" >&3
	run -1 oracle map "$product" out-0/*
}

@test "sun glint in each band is as clear air and the refractive index of water have it" {
	product=$(generate --kind landsat-l2 --size 60 --lake circle)
	scene "$product" -o out --layers chlorophyll:oc3,quality --glint direct
	/usr/bin/python3 -c '
import json, math, sys
p = json.load(open(sys.argv[1]))["properties"]
air = 1 / math.sin(math.radians(p["view:sun_elevation"])) + 1
bands = {"coastal": (.443, 1.337), "blue": (.4826, 1.336), "green": (.5613, 1.333), "red": (.6546, 1.331),
         "nir": (.8646, 1.329), "swir1": (1.6091, 1.317)}     # um; Hale and Querry 1973

def seen(l, n):
    tau = .008569 * l ** -4 * (1 + .0113 * l ** -2 + .00013 * l ** -4)     # Hansen and Travis 1974
    return math.exp(-tau * air) * ((n - 1) / (n + 1)) ** 2

for band, found in p["balkhash:quality"]["glint_factors"].items():
    due = seen(*bands[band]) / seen(*bands["swir1"])
    print("# %s %.3f, %.3f by hand" % (band, found, due))
    assert abs(found / due - 1) < .02, band' out/*/item.json >&3
}

hashes() { # FOLDER
	(cd "$1" && find . -type f | sort | xargs sha256sum)
}

ALL=water,fraction,why,chlorophyll:oc2,turbidity,spm,secchi,cdom,quality,vegetation,fai,quicklook

# The same bytes for threads, tiles, instruction sets, another libm, and memory for one thread only.
same_bytes() { # PRODUCT OPTION...
	local n=0 variant memory
	scene "$@" -o reference --threads 1
	grep -q '"pixels": [1-9][0-9][0-9][0-9]' reference/*/summary.json
	hashes reference >reference.txt
	for variant in "--threads 2 --isa scalar" "--threads 7 --isa base" "--tile 128 --threads 7" \
		"--tile 1024 --isa avx2" "--tile 192 --isa avx512"; do
		# shellcheck disable=SC2086  # words
		if ! scene "$@" -o v$n $variant 2>err; then
			grep -q isa err && continue # this CPU does not have it
			false
		fi
		hashes v$n | diff reference.txt -
		n=$((n + 1))
	done
	[ "$n" -ge 3 ]
	GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA scene "$@" -o other
	hashes other | diff reference.txt -
	run -78 "$BALKHASH" scene "$@" -o little --memory 30M
	memory=$(grep -o '[0-9]*M at least' <<<"$output")
	"$BALKHASH" scene "$@" -o little --threads 7 --memory "${memory%% *}" 2>err >/dev/null
	grep -q ': 1 thread' err
	echo "# $n variants; one thread with $memory" >&3
	hashes little | diff reference.txt -
}

@test "Landsat onto the lake's grid: the same bytes however made" {
	product=$(generate --kind landsat-l2 --size 260 --hard --clouds 3)
	same_bytes "$product" --lake balkhash --layers $ALL,temperature
}

@test "Sentinel-2 onto the lake's grid: the same bytes however made" {
	takes_long
	product=$(generate --kind sentinel2-l2a --size 420 --center 75.42,46.57 --hard --images tif-as-jp2)
	same_bytes "$product" --lake balkhash --layers $ALL,mci,afai
}

box() { # WEST SOUTH EAST NORTH
	printf '{"type": "Polygon", "coordinates": [[[%s, %s], [%s, %s], [%s, %s], [%s, %s], [%s, %s]]]}\n' \
		"$1" "$2" "$3" "$2" "$3" "$4" "$1" "$4" "$1" "$2"
}

lake() { # NAME BUFFER [LINE...]; NAME.geojson is there
	printf '%s\n' "[lake]" "name = $1" "outline = $1.geojson" "buffer = $2" "${@:3}" >"$1.ini"
}

@test "windows that reach beyond the lake's area are whole, whatever the tiles" {
	product=$(generate --kind landsat-l2 --size 400 --lake circle --radius 5500 --land dry-reed --water clear-water)
	box 75.46 46.53 75.49 46.57 >part.geojson
	lake part 100
	for tile in 128 512; do
		scene "$product" -o tile-$tile --tile $tile --lake part.ini --layers turbidity,quality --set quality.window=3000
	done
	diff <(hashes tile-128) <(hashes tile-512)
}

@test "summary.json says what the layers say, of the whole and of each basin" {
	product=$(generate --kind landsat-l2 --size 400 --hard --clouds 3)
	scene "$product" -o out --lake balkhash --layers chlorophyll:oc2,turbidity,spm,secchi,cdom,temperature,vegetation,fai,quality,why
	run -0 oracle lake summary out/*
	printf '# %s\n' "${lines[@]}" >&3
	run -0 "$BALKHASH" verify out/*
	sed -i 's/"median": \([0-9]*\)\.[0-9]*/"median": 1\1.5/' out/*/summary.json
	run -1 oracle lake summary out/*
}

@test "vegetation stands inside the outline and the reeds alone, and hides under clouds" {
	product=$(generate --kind hls-s30 --size 300 --hard --surface natural --lake star --clouds 4)
	box 75.415 46.52 75.47 46.59 >west.geojson
	box 75.475 46.515 75.53 46.56 >reeds.geojson
	lake west 9000 "reeds = reeds.geojson"
	corner() { gdalinfo "$product"/*B04.tif | sed -n "s/^$1 *( *\\([0-9.]*\\), *\\([0-9.]*\\)).*/\\1 \\2/p"; }
	read -r west north < <(corner "Upper Left")
	read -r east south < <(corner "Lower Right")
	scene "$product" --lake west.ini -o out -t_srs EPSG:32643 -tr 30 30 -te "$west" "$south" "$east" "$north" \
		--layers why,vegetation
	run -0 oracle lake plants "$product" out/* west.geojson reeds.geojson
	echo "# ${lines[-1]}" >&3
	run -1 oracle lake plants "$product" out/* west.geojson
}

# A GeoTIFF on the grid of a raster; a Python expression of row y and column x.
depths() { # LIKE FILE EXPRESSION
	/usr/bin/python3 -c '
import sys, numpy
from osgeo import gdal
like = gdal.Open(sys.argv[1])
y, x = numpy.mgrid[:like.RasterYSize, :like.RasterXSize]
out = gdal.GetDriverByName("GTiff").Create(sys.argv[2], like.RasterXSize, like.RasterYSize, 1, gdal.GDT_Float32)
out.SetGeoTransform(like.GetGeoTransform())
out.SetProjection(like.GetProjection())
out.WriteArray(numpy.broadcast_to(eval(sys.argv[3]), y.shape).astype(numpy.float32))' "$@"
}

unit() { # FOLDER
	sed -n 's/.*"balkhash:unit": "\(.*\)".*/\1/p' "$1"/*/item.json
}

flagged() { # FOLDER BIT: pixels of quality.tif
	/usr/bin/python3 -c '
import glob, sys
from osgeo import gdal
print((gdal.Open(glob.glob(sys.argv[1] + "/*/quality.tif")[0]).ReadAsArray() & int(sys.argv[2]) != 0).sum())' "$@"
}

@test "the bottom may be seen near a shore in clear water, or where the depth says so" {
	for water in turbid-water clear-water; do
		product=$("$GENERATOR" --out $water --kind landsat-l2 --size 150 --lake star --radius 1800 --water $water)
		scene "$product" -o out-$water --layers turbidity,quality,why
		run -0 oracle map "$product" out-$water/*
		echo "# ${lines[-1]}" >&3
	done
	[ "$(flagged out-turbid-water 128)" = 0 ]
	[ "$(flagged out-clear-water 128)" -gt 1000 ]
	depths "$product"/*_SR_B4.TIF depths.tif "numpy.where(x < 50, 3, numpy.where(x < 100, numpy.nan, 6 + y * 0))"
	scene "$product" -o deep --layers turbidity,quality,why --bathymetry depths.tif
	run -0 oracle map "$product" deep/* DEPTHS=depths.tif
	echo "# ${lines[-1]}" >&3
	run -1 oracle map "$product" deep/*
	gdalwarp -q -t_srs EPSG:3857 -tr 40 40 -dstnodata -99 depths.tif mercator.tif
	scene "$product" -o warped --layers turbidity,quality,why --bathymetry mercator.tif
	a=$(flagged deep 128) b=$(flagged warped 128)
	echo "# shallow: $a pixels by depths on the grid, $b by the same in another projection" >&3
	[ $((a - b)) -lt $((a / 50)) ] && [ $((b - a)) -lt $((a / 50)) ]
}

@test "a result's unit hangs on what the map of depths holds, not on what it is called" {
	product=$(generate --kind landsat-l2 --size 60 --lake circle --water clear-water)
	depths "$product"/*_SR_B4.TIF a.tif 3
	mkdir elsewhere
	cp a.tif elsewhere/b.tif
	depths "$product"/*_SR_B4.TIF c.tif "numpy.where(x == 30, 4, 3)"
	scene "$product" -o a --layers turbidity --bathymetry a.tif
	scene "$product" -o b --layers turbidity --bathymetry elsewhere/b.tif
	scene "$product" -o c --layers turbidity --bathymetry c.tif
	scene "$product" -o none --layers turbidity
	[ -n "$(unit a)" ] && [ "$(unit a)" = "$(unit b)" ]
	[ "$(printf '%s\n' "$(unit a)" "$(unit c)" "$(unit none)" | sort -u | wc -l)" = 3 ]
	diff <(hashes a) <(hashes b)
}

@test "a result's unit hangs on the basins that its summary has, and on what plants are told by" {
	product=$(generate --kind landsat-l2 --size 60 --center 75.42,46.57 --lake circle --water clear-water)
	box 75.40 46.56 75.44 46.58 >outline.geojson
	box 75.40 46.56 75.42 46.58 >one.geojson
	box 75.41 46.56 75.42 46.58 >two.geojson
	for basin in one two; do
		printf '[lake]\nname = pond\noutline = outline.geojson\n[basin west]\noutline = %s.geojson\n' $basin >$basin.ini
		scene "$product" -o $basin --lake $basin.ini --layers turbidity
		scene "$product" -o plain-$basin --lake $basin.ini --layers water
	done
	[ "$(unit one)" != "$(unit two)" ]
	[ "$(unit plain-one)" = "$(unit plain-two)" ]
	scene "$product" -o plants --lake one.ini --method mndwi --layers vegetation
	scene "$product" -o other --lake one.ini --method mndwi --layers vegetation --set dswe.psw2_nir=.2
	[ -n "$(unit plants)" ] && [ "$(unit plants)" != "$(unit other)" ]
}

@test "a layer of a quantity is a float COG with its unit, NaN, its style, and 11 bits of mantissa" {
	product=$(generate --kind landsat-l2 --size 700 --lake star --hard --surface natural)
	scene "$product" -o out --layers turbidity,temperature,quality
	run -0 "$BATS_TEST_DIRNAME/../../scripts/check-cog" out/*/*.tif
	for layer in turbidity:FNU temperature:degC; do
		gdalinfo out/*/"${layer%:*}.tif" >info
		grep -q 'Type=Float32' info
		grep -q 'NoData Value=nan' info
		grep -q "Unit Type: ${layer#*:}$" info
		grep -q 'Overviews: .*x' info
		grep -q '<qgis' out/*/"${layer%:*}.qml"
	done
	/usr/bin/python3 -c '
import glob, sys, numpy
from osgeo import gdal
for path in sys.argv[1:]:
    raster = gdal.Open(path)
    band = raster.GetRasterBand(1)
    levels = [band] + [band.GetOverview(i) for i in range(band.GetOverviewCount())]
    assert len(levels) > 1
    for upper, lower in zip(levels, levels[1:]):
        a, b = upper.ReadAsArray(), lower.ReadAsArray()
        for level in (a, b):
            bits = level[~numpy.isnan(level)].view(numpy.uint32)
            assert bits.size and not (bits & 0xfff).any(), path
        a = a[:a.shape[0] // 2 * 2, :a.shape[1] // 2 * 2].astype(float)
        quads = numpy.stack([a[y::2, x::2] for y in (0, 1) for x in (0, 1)])
        known = ~numpy.isnan(quads)
        mean = numpy.where(known, quads, 0).sum(0) / known.sum(0).clip(1)
        b = b[:mean.shape[0], :mean.shape[1]]
        assert (numpy.isnan(b) == ~known.any(0)).all(), path
        due = known.any(0)
        off = (numpy.abs(b - mean) / numpy.abs(mean))[due].max()
        print("#", path, b.shape, "a mean within", off)
        assert off <= 2 ** -12 + 1e-6' out/*/turbidity.tif out/*/temperature.tif >&3
}
