#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Water quality asked for in the wrong way, or of broken files: one line that says why, and nothing left behind.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	L2=$PWD/$("$GENERATOR" --out products --kind landsat-l2 --size 128 --lake star --water clear-water)
	L1=$PWD/$("$GENERATOR" --out products --kind landsat-l1 --size 128 --lake star)
	S2=$PWD/$("$GENERATOR" --out products --kind sentinel2-l2a --size 120 --lake star --images tif-as-jp2)
	export L2 L1 S2
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# The command ends so, with one line on stderr, beside warnings, that has the words, and no result.
refuses() { # STATUS WORDS PRODUCT OPTION...
	run "-$1" --separate-stderr "$BALKHASH" scene -q "${@:3}" -o out
	echo "# $1: ${stderr#balkhash: }" >&3
	[[ $stderr == *"$2"* ]]
	[ "$(grep -vc ': warning: ' <<<"$stderr")" = 1 ]
	[ -z "$(ls -A out 2>/dev/null)" ]
}

@test "layers and algorithms that do not exist, or twice" {
	refuses 64 'there is no chlorophyll:oc9; did you mean "oc' "$L2" --layers chlorophyll:oc9
	refuses 64 'did you mean "turbidity"' "$L2" --layers turbidty
	refuses 64 'chlorophyll:oc2 and chlorophyll:oc3' "$L2" --layers chlorophyll:oc2,chlorophyll:oc3
	refuses 64 'fai:hu' "$L2" --layers fai:hu
	refuses 64 'chlorophyll:' "$L2" --layers chlorophyll:oc2:oc3
	refuses 64 '' "$L2" --layers ""
	run -0 "$BALKHASH" scene -q "$L2" -o out --layers chlorophyll:oc2,turbidity,chlorophyll:oc2
}

@test "regressions that are none" {
	refuses 64 '--regression' "$L2" --layers chlorophyll:regression
	refuses 64 'one term' "$L2" --layers chlorophyll:regression --regression "1.3"
	refuses 64 'TERMS' "$L2" --layers chlorophyll:regression --regression ""
	refuses 64 'did you mean "green"' "$L2" --layers chlorophyll:regression --regression "1 2*gren"
	refuses 64 '"x*blue"' "$L2" --layers chlorophyll:regression --regression "1 x*blue"
	refuses 64 'nan' "$L2" --layers chlorophyll:regression --regression "nan*blue"
	refuses 64 '--regression' "$L2" --layers chlorophyll:regression --regression "1*blue/green/red"
	refuses 64 '8 terms' "$L2" --layers chlorophyll:regression \
		--regression "1*blue 1*green 1*red 1*nir 1*blue 1*green 1*red 1*nir 1*blue"
	refuses 66 edge705 "$L2" --layers chlorophyll:regression --regression "1*edge705/red"
}

@test "quantities that a product cannot give, with those that it can" {
	refuses 66 'temperature' "$S2" --layers temperature
	refuses 66 'temperature' "$L1" --layers temperature
	refuses 66 'edge705' "$L2" --layers chlorophyll:ndci
	refuses 66 'possible here: chlorophyll:balkhash, chlorophyll:oc2' "$L2" --layers chlorophyll:gons
	refuses 66 'edge705' "$L2" --layers mci
	refuses 66 'OLI' "$S2" --layers chlorophyll:oc3-franz
	refuses 64 '--lake' "$L2" --layers vegetation
	cp -r "$L2" broken
	rm broken/*_ST_B10.TIF
	refuses 66 'temperature' broken --layers temperature
	run -0 "$BALKHASH" scene -q broken -o fine --layers turbidity
}

@test "thresholds that do not exist or are out of range" {
	refuses 64 'did you mean "quality.window"' "$L2" --layers turbidity --set quality.windows=90
	refuses 64 'from 0 to 5000' "$L2" --layers turbidity --set quality.window=-1
	refuses 64 'from 0 to 5000' "$L2" --layers turbidity --set quality.window=nan
	refuses 64 'glint' "$L2" --layers turbidity --glint most
}

@test "without a second SWIR band there is nothing to take off, so --glint none alone works" {
	cp -r "$L2" broken
	rm broken/*_SR_B7.TIF
	refuses 66 '--glint none' broken --method ndwi --layers turbidity
	run -0 "$BALKHASH" scene -q broken -o fine --method ndwi --layers water,why,turbidity,quality --glint none
	/usr/bin/python3 -c 'import osgeo, numpy' 2>/dev/null || skip "python3-gdal is not installed"
	run -0 /usr/bin/python3 -B "$BATS_TEST_DIRNAME/oracle_quality_map.py" "$L2" fine/* GLINT=none
	echo "# ${lines[-1]}" >&3
	rm broken/*_SR_B6.TIF
	refuses 66 'swir1' broken --method ndwi --layers turbidity --glint none
}

# A GeoTIFF of depths in a CRS, of a size from a corner, by a Python expression of y and x, or sparse.
depths() { # FILE EPSG X0 Y1 PIXEL SIZE EXPRESSION [BANDS] [NODATA]
	/usr/bin/python3 -c '
import sys, numpy
from osgeo import gdal, osr
path, epsg, x0, y1, pixel, size = sys.argv[1], *(float(v) for v in sys.argv[2:7])
y, x = numpy.mgrid[:int(size), :int(size)]
bands = int(sys.argv[8]) if len(sys.argv) > 8 else 1
how = ["TILED=YES", "SPARSE_OK=YES"]
out = gdal.GetDriverByName("GTiff").Create(path, int(size), int(size), bands, gdal.GDT_Float32, how)
out.SetGeoTransform((x0, pixel, 0, y1, 0, -pixel))
crs = osr.SpatialReference()
if epsg:
    crs.ImportFromEPSG(int(epsg))
    out.SetProjection(crs.ExportToWkt())
if len(sys.argv) > 9:
    out.GetRasterBand(1).SetNoDataValue(float(sys.argv[9]))
for band in range(bands if sys.argv[7] != "sparse" else 0):
    out.GetRasterBand(band + 1).WriteArray(numpy.broadcast_to(eval(sys.argv[7]), y.shape).astype(numpy.float32))' "$@"
}

@test "maps of depths that are none" {
	/usr/bin/python3 -c 'import osgeo, numpy' 2>/dev/null || skip "python3-gdal is not installed"
	refuses 66 nowhere.tif "$L2" --layers turbidity --bathymetry nowhere.tif
	echo hello >text.tif
	refuses 65 text.tif "$L2" --layers turbidity --bathymetry text.tif
	: >empty.tif
	refuses 65 empty.tif "$L2" --layers turbidity --bathymetry empty.tif
	mkdir folder.tif
	refuses 65 folder.tif "$L2" --layers turbidity --bathymetry folder.tif
	depths two.tif 32643 525000 5170000 30 700 3 2
	refuses 65 '2 bands' "$L2" --layers turbidity --bathymetry two.tif
	depths degrees.tif 4326 75 47 .001 1000 3
	refuses 65 "balkhash: degrees.tif: CRS" "$L2" --layers turbidity --bathymetry degrees.tif
	depths nothing.tif 0 525000 5170000 30 700 3
	refuses 65 nothing.tif "$L2" --layers turbidity --bathymetry nothing.tif
	depths whole.tif 32643 525000 5170000 30 700 "x % 7 + y % 5"
	head -c 300000 whole.tif >cut.tif
	refuses 65 cut.tif "$L2" --layers turbidity --bathymetry cut.tif
	gdal_translate -q -co TILED=YES -co BLOCKXSIZE=4096 -co BLOCKYSIZE=4096 whole.tif blocks.tif
	refuses 65 'too large: gdal_translate' "$L2" --layers turbidity --bathymetry blocks.tif
	refuses 66 nowhere.tif "$L2" --layers quality --bathymetry nowhere.tif
}

@test "maps of depths in parts of a metre, or so fine that they are read in parts" {
	/usr/bin/python3 -c 'import osgeo, numpy' 2>/dev/null || skip "python3-gdal is not installed"
	# No centre of the scene's pixels lies on an edge.
	depths metres.tif 32643 525010 5169990 30 700 "x % 9 + 2"
	gdal_translate -q -ot Int16 -scale 0 100 0 10000 -a_scale .01 metres.tif centimetres.tif
	gdal_translate -q -tr 1.5 1.5 -projwin 531910 5160900 538120 5152590 -co SPARSE_OK=YES metres.tif fine.tif
	for map in metres centimetres fine; do
		"$BALKHASH" scene -q "$L2" -o $map --layers turbidity,quality,why --tile 512 --bathymetry $map.tif >/dev/null
		/usr/bin/python3 "$BATS_TEST_DIRNAME/same_pixels.py" metres/*/quality.tif $map/*/quality.tif
	done
	[ "$(gdalinfo -json -stats metres/*/quality.tif | grep -c '"max": *128')" -ge 1 ]
}

@test "a low sun: neither Secchi depth nor glint by its path; a window larger than can be summed" {
	cp -r "$L2" low
	sed -i 's/SUN_ELEVATION = .*/SUN_ELEVATION = 3.0/' low/*_MTL.txt
	refuses 65 "layer secchi needs the sun's elevation" low --layers secchi
	refuses 65 "--glint direct needs the sun's elevation" low --layers turbidity --glint direct
	run -0 "$BALKHASH" scene -q low -o dim --layers turbidity
	refuses 78 '1810 at most' "$S2" --layers turbidity --set quality.window=2000
}

@test "maps of depths that know nothing here change nothing but the unit" {
	/usr/bin/python3 -c 'import osgeo, numpy' 2>/dev/null || skip "python3-gdal is not installed"
	depths nan.tif 32643 525000 5170000 30 700 numpy.nan
	depths nodata.tif 32643 525000 5170000 30 700 -99 1 -99
	depths far.tif 32611 400000 4000000 30 100 3
	depths near.tif 32643 900000 6000000 30 100 3
	"$BALKHASH" scene -q "$L2" -o plain --layers turbidity,quality >/dev/null
	for map in nan nodata far near; do
		"$BALKHASH" scene -q "$L2" -o $map --layers turbidity,quality --bathymetry $map.tif >/dev/null
		/usr/bin/python3 "$BATS_TEST_DIRNAME/same_pixels.py" plain/*/quality.tif $map/*/quality.tif
	done
	depths deep.tif 32643 525000 5170000 30 700 40
	"$BALKHASH" scene -q "$L2" -o deep --layers turbidity,quality --bathymetry deep.tif >/dev/null
	run -1 /usr/bin/python3 "$BATS_TEST_DIRNAME/same_pixels.py" plain/*/quality.tif deep/*/quality.tif
}

@test "a cut or changed band that only a quantity reads is told, and no half result stands" {
	cp -r "$L2" cut
	f=$(ls cut/*_SR_B1.TIF)
	truncate -s $(($(stat -c %s "$f") / 2)) "$f"
	refuses 65 SR_B1.TIF cut --layers secchi,turbidity
	run -0 "$BALKHASH" scene -q cut -o fine --layers turbidity
	cp -r "$L2" flipped
	f=$(ls flipped/*_SR_B1.TIF)
	head -c 4000 /dev/zero | tr '\0' '\377' | dd of="$f" bs=1 seek=5000 conv=notrunc status=none
	refuses 65 SR_B1.TIF flipped --layers secchi,turbidity
	cp -r "$L2" thermal
	f=$(ls thermal/*_ST_B10.TIF)
	truncate -s $(($(stat -c %s "$f") - 100)) "$f"
	refuses 65 ST_B10.TIF thermal --layers temperature
}

@test "a full disk: 74, no half result" {
	product=$("$GENERATOR" --out products --kind landsat-l2 --size 400 --lake star)
	run bash -c 'ulimit -f 60; exec "$0" scene -q "$1" -o out --layers turbidity,spm,cdom' "$BALKHASH" "$product"
	[ "$status" -eq 74 ]
	[ -z "$(ls -A out 2>/dev/null)" ]
}
