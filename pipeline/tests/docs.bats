#!/usr/bin/env bats
# The commands in README.md, docs/guide.md and docs/water-quality.md run as they stand there; links lead somewhere.

bats_require_minimum_version 1.5.0

setup_file() {
	export TOP=$PWD
	cd "$BATS_FILE_TMPDIR"
	landsat() { "$GENERATOR" --out products --kind landsat-l2 --size 300 --center 77.25,46.45 "$@"; }
	ln -s "$(landsat --date 20240712)" product
	ln -s product LC09_L2SP_150028_20240712_20240713_02_T1
	ln -s "$("$GENERATOR" --out products --kind sentinel2-l2a --size 600 --center 77.25,46.45)" \
		S2B_MSIL2A_20240718T053649_N0510_R005_T43TGM_20240718T082214.SAFE
	for year in 2017 2024; do
		"$BALKHASH" scene -q --lake balkhash "$(landsat --date ${year}0720)" -o observations-$year
	done
	mkdir -p bin build
	ln -s "$BALKHASH" bin/balkhash
	ln -s "$(dirname "$BALKHASH")" build/release
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	PATH=$PWD/bin:$PATH
}

@test "README: every balkhash command in its order" {
	sed -n 's/^    \(.*balkhash .*\)/\1/p' "$TOP/README.md" | grep -v '^make' >readme.sh
	[ "$(wc -l <readme.sh)" -ge 6 ]
	printf '[lake]\nlake = balkhash\n[inputs]\nproducts = LC09_L2SP_*\nsettle = 0\n[output]\noutput = run\n' >lake.ini
	sed -i '/slurm/d' readme.sh
	bash -eu readme.sh
	[ -s run/catalog.json ]
}

@test "guide: every block of commands in its order" {
	rm -rf mosaic-* change native observations
	for year in 2017 2024; do
		balkhash mosaic -q observations-$year/* -o mosaic-$year
	done
	rm -rf results incoming lake.ini
	mkdir incoming
	cp -r products/LC09* incoming
	# The catalogue that a run leaves is in its folder: the guide reads it where it stands.
	sed -n '/^```sh$/,/^```$/p' "$TOP/docs/guide.md" | grep -v '^```' >guide.sh
	[ "$(wc -l <guide.sh)" -ge 6 ]
	bash -eu guide.sh
	[ -s results/changes/2017-2024/change.tif ]
}

@test "water quality: every block of commands in its order" {
	rm -rf quality quality-oc2 quality-own
	sed -n '/^```sh$/,/^```$/p' "$TOP/docs/water-quality.md" | grep -v '^```' >quality.sh
	[ "$(wc -l <quality.sh)" -ge 3 ]
	bash -eu quality.sh
	ls quality/*/chlorophyll.tif
}

@test "guide: the question to the index is answered" {
	mkdir -p indexed
	ln -sfn ../observations-2024 indexed/observations
	"$(dirname "$BALKHASH")"/pipeline/tests/test_run_index --write indexed gpkg
	run -0 ogrinfo -q indexed/index.gpkg -sql "$(sed -n '/^```sql$/,/^```$/p' "$TOP/docs/guide.md" | grep -v '^```')"
	[[ $output == *"tile (String) = 1"*"mission (String) = LC09"*"times (Integer) = 1"*"least_cloud_km2 (Real) = "*"most_water_km2 (Real) = "* ]]
}

@test "guide: the lake file is understood" {
	mkdir -p lake && cd lake
	sed -n '/^```ini$/,/^```$/p' "$TOP/docs/guide.md" | grep -v '^```' >alakol.ini
	for name in alakol north; do
		echo '{"type":"Polygon","coordinates":[[[77,46.3],[77.5,46.3],[77.5,46.6],[77,46.6],[77,46.3]]]}' >$name.geojson
	done
	d=$(balkhash scene -q --lake alakol.ini ../product -o observations)
	[[ "$d" == *_alakol ]]
}

@test "links in the docs lead to files" {
	cd "$TOP"
	for page in README.md docs/*.md; do
		while read -r link; do
			[ -e "$(dirname "$page")/$link" ] || { echo "$page: $link"; false; }
		done < <(grep -o '](\([^)#:]*\))' "$page" | sed 's/](\(.*\))/\1/' | grep -v '^$')
	done
}
