#!/usr/bin/env bats
# Lakes known in closed form: area by fraction and the shoreline's distance from the true one.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

LAEA="+proj=laea +lat_0=46 +lon_0=76.3 +datum=WGS84 +units=m"

# A number of truth.json by its key.
truth() { # KEY FILE
	sed -n "s/.*\"$1\": *\\[*\\([-0-9.e]*\\).*/\\1/p" "$2" | head -1
}

# Make the observation of a generated lake and the vertices of its shoreline, X Y a line.
observe() { # KIND SHAPE RADIUS SIZE PLANE [OPTION...]
	local kind=$1 shape=$2 radius=$3 size=$4 plane=$5 product
	shift 5
	product=$("$GENERATOR" --out products --kind "$kind" --lake "$shape" --radius "$radius" --size "$size" \
		--plane "$plane" --center 76.9,46.2)
	TRUTH=products/truth/$(basename "${product%.SAFE}")
	OBSERVATION=$("$BALKHASH" scene -q "$product" -o observations "$@")
	"$BALKHASH" change -q "$OBSERVATION" "$OBSERVATION" -o line >/dev/null
	ogr2ogr -f CSV line.csv line/shoreline.gpkg before -lco GEOMETRY=AS_WKT
	tr -d '"' <line.csv | sed -n 's/.*LINESTRING *(\(.*\)).*/\1/p' | tr ',' '\n' | sed 's/^ *//' >vertices
	AREA=$(grep -o '"water_by_fraction": *[0-9.]*' "$OBSERVATION/item.json" | grep -o '[0-9.]*$')
}

# RMSE and bias of the vertices against a circle, in pixels of so many metres; both compared with the promise.
circle_error() { # CENTRE_X CENTRE_Y RADIUS PIXEL_M
	awk -v cx="$1" -v cy="$2" -v r="$3" -v px="$4" '
		{ d = (sqrt(($1 - cx) ^ 2 + ($2 - cy) ^ 2) - r) / px; s += d; q += d * d; n++ }
		END { printf "%.4f %.4f %d\n", sqrt(q / n), s / n, n }' vertices
}

within() { # NUMBER LIMIT: |number| <= limit
	awk -v a="$1" -v b="$2" 'BEGIN { exit !((a < 0 ? -a : a) <= b) }'
}

check_circle() { # PIXEL_M RADIUS VERTICES
	local rmse bias n error x y
	read -r x y < <(sed -n 's/.*"center_m": *\[\(.*\), \(.*\)\].*/\1 \2/p' "$TRUTH/truth.json")
	read -r rmse bias n < <(circle_error "$x" "$y" "$2" "$1")
	error=$(awk -v a="$AREA" -v t="$TRUE_AREA" 'BEGIN { printf "%.4f", 100 * (a - t) / t }')
	echo "# $BATS_TEST_DESCRIPTION: RMSE $rmse px, bias $bias px, $n vertices, area $error %" >&3
	[ "$n" -gt "$3" ]
	within "$rmse" 0.10
	within "$bias" 0.03
	within "$error" 0.05
}

@test "circle of 150 pixels, Landsat on its own grid" {
	observe landsat-l2 circle 4500 400 utm
	TRUE_AREA=$(truth water_equal_area_km2 "$TRUTH/truth.json")
	check_circle 30 4500 900
}

@test "circle of 150 pixels, Landsat warped to the equal-area grid" {
	observe landsat-l2 circle 4500 400 laea -t_srs "$LAEA" -tr 30 30
	TRUE_AREA=63.617251
	check_circle 30 4500 900
}

@test "circle, Sentinel-2 warped to the equal-area grid, in pixels of its SWIR bands" {
	observe sentinel2-l2a circle 2250 600 laea -t_srs "$LAEA" -tr 30 30
	TRUE_AREA=15.904313
	check_circle 20 2250 450
}

@test "circle, Sentinel-2 at 10 m, in pixels of its SWIR bands" {
	observe sentinel2-l2a circle 2250 600 utm
	TRUE_AREA=$(truth water_equal_area_km2 "$TRUTH/truth.json")
	check_circle 20 2250 1350
}

@test "ellipse and star: area by fraction within .05 %" {
	for shape in ellipse star; do
		rm -rf line line.csv observations
		observe landsat-l2 $shape 4500 400 laea -t_srs "$LAEA" -tr 30 30
		TRUE_AREA=$(truth water_equal_area_km2 "$TRUTH/truth.json")
		error=$(awk -v a="$AREA" -v t="$TRUE_AREA" 'BEGIN { printf "%.4f", 100 * (a - t) / t }')
		echo "# $shape: area $error %" >&3
		within "$error" 0.05
	done
}

# The sweep of scripts/accuracy over places, turns, sensors and grids: a few of its cases, or all.
sweep() { # WORDS [OPTION...]
	/usr/bin/python3 -c 'import osgeo' 2>/dev/null || skip "python3-gdal is not installed"
	run -0 /usr/bin/python3 -B "$BATS_TEST_DIRNAME/../../scripts/accuracy/shore.py" --only "$@"
	sed -n 's/^|/# |/p' <<<"$output" >&3
}

@test "shoreline, area and the change of a pixel: Landsat, an ellipse somewhere" {
	sweep "Landsat 9, 30 m ellipse noise, point spread" --places 1 --seed 1
}

@test "shoreline, area and the change of a pixel: Sentinel-2 at 10 m, a star somewhere" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	sweep "Sentinel-2, 10 m star noise, point spread" --places 1 --seed 1
}

@test "shoreline, area and the change of a pixel: every case" {
	[ -n "${BALKHASH_LONG:-}" ] || skip "BALKHASH_LONG is not set"
	sweep ""
}
