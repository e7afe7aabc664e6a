#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The Snakemake example makes what a run makes.

bats_require_minimum_version 1.5.0

@test "the example of Snakemake makes the bytes of a run" {
	command -v snakemake >/dev/null || skip "snakemake is not installed"
	cd "$BATS_TEST_TMPDIR"
	local day
	for day in 20170612 20170714 20240612 20240714; do
		"$GENERATOR" --out generated --kind landsat-l2 --lake star --size 120 --date $day >/dev/null
	done
	mv generated products && rm -r products/truth
	echo '{"type": "Polygon", "coordinates": [[[75.455, 46.54], [75.485, 46.54], [75.485, 46.56], [75.455, 46.56], [75.455, 46.54]]]}' >star.geojson
	printf '[lake]\nname = star\noutline = star.geojson\nbuffer = 0\ntr = 30\n' >star.ini
	for out in run snake; do
		cat >$out.ini <<-END
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
			output = $out
		END
	done
	"$BALKHASH" run -q run.ini >/dev/null
	snakemake -s "$BATS_TEST_DIRNAME/../../scripts/snakemake/Snakefile" --cores 2 --quiet \
		--config config=snake.ini balkhash="$BALKHASH" >said 2>&1 || { cat said; false; }
	[ "$(find snakemake/scenes -type f | wc -l)" = 4 ]
	diff -r -x ledger run snake
}
