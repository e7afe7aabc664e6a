#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Products on a web server that fails (fault_server.py): the right bytes, or a named cause; never a blank.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	mkdir www stage
	PRODUCT=$("$GENERATOR" --out www --kind landsat-l2 --lake star --size 300)
	(cd "$PRODUCT" && tar cf ../archive.tar ./*)
	ITEM=$("$GENERATOR" --out www/stac --kind sentinel2-l2a --lake star --size 300 --stac 1.0)
	PRODUCT=$PWD/$PRODUCT ITEM=$PWD/$ITEM
	/usr/bin/python3 "$BATS_TEST_DIRNAME/fault_server.py" "$PWD/www" "$PWD/log" >port 2>/dev/null 3>&- &
	echo $! >pid
	for _ in $(seq 50); do [ -s port ] && break || sleep 0.1; done
	URL=http://127.0.0.1:$(cat port)
	export PRODUCT ITEM URL BALKHASH_HTTP_RETRY_MS=1 BALKHASH_HTTP_STALL_S=1 no_proxy=127.0.0.1
	LOCAL=$("$BALKHASH" scene -q "$PRODUCT" -o local)
	export LOCAL
}

teardown_file() {
	[ ! -s "$BATS_FILE_TMPDIR/pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/pid")"
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	[ -s port ] || skip "python3 is not there"
	: >log
}

# The observation of what stands at this path is that of the local product, and nothing is left behind.
arrives() { # PATH [OPTION...]
	local d pairs=()
	rm -rf remote
	d=$("$BALKHASH" scene -q "$1" -o remote --stage stage "${@:2}")
	for f in water fraction why; do
		pairs+=("$BATS_FILE_TMPDIR/$LOCAL/$f.tif" "$d/$f.tif")
	done
	/usr/bin/python3 "$BATS_TEST_DIRNAME/same_pixels.py" "${pairs[@]}"
	[ -z "$(ls -A stage)" ]
}

fails() { # STATUS WORDS PATH
	rm -rf remote
	run "-$1" "$BALKHASH" scene -q "$3" -o remote --stage stage
	[[ $output == *"$2"* ]]
	[ ! -e remote ]
	[ -z "$(ls -A stage)" ]
}

@test "a folder with an index, a folder without one, a metadata file, an archive" {
	arrives "$URL/fine/$(basename "$PRODUCT")"
	arrives "/vsicurl/$URL/fine/$(basename "$PRODUCT")/"
	arrives "$URL/noindex/$(basename "$PRODUCT")"
	arrives "$URL/noindex/$(basename "$PRODUCT")/$(basename "$PRODUCT")_MTL.txt"
	arrives "$URL/fine/archive.tar"
}

@test "two failures of the server are got over; five are 69 with their number" {
	arrives "$URL/error500x2/archive.tar"
	[ "$(grep -c '^GET /error500x2/archive.tar' log)" = 3 ]
	fails 69 "after 5 tries" "$URL/error500/archive.tar"
	[ "$(grep -c '^GET /error500/archive.tar' log)" = 5 ]
}

@test "a body that breaks off is continued where it stopped" {
	arrives "$URL/shortonce/archive.tar"
	grep -q '^GET /shortonce/archive.tar bytes=[1-9][0-9]*-$' log
}

@test "bodies that always break off come piece by piece, or end as 69" {
	fails 69 "bytes" "$URL/short/archive.tar"
}

@test "a server without ranges, one with the wrong range, one whose file changed: begun anew" {
	for way in norange wrongrange changed; do
		arrives "$URL/$way/archive.tar"
	done
}

@test "a stall is noticed and got over" {
	arrives "$URL/stall/archive.tar"
}

@test "no length is fine, a length of 2^40 is not" {
	arrives "$URL/chunked/archive.tar"
	fails 65 "larger" "$URL/huge/archive.tar"
}

@test "403 is 77, 404 is 66, nobody there is 69" {
	fails 77 403 "$URL/forbidden/archive.tar"
	fails 66 404 "$URL/fine/nothing.tar"
	fails 69 "after 5 tries" "http://127.0.0.1:1/archive.tar"
}

@test "redirections end, and never lead to a file" {
	fails 65 "redirect" "$URL/loop/archive.tar"
	fails 65 "" "$URL/tofile/archive.tar"
}

@test "--direct reads in place: the same pixels, or an error, never a blank" {
	arrives "$URL/fine/$(basename "$PRODUCT")" --direct
	rm -rf remote
	run "$BALKHASH" scene -q "$URL/short/$(basename "$PRODUCT")" -o remote --direct
	[ "$status" != 0 ]
	[ ! -e remote ]
}

@test "a STAC Item at an address leads to its own host, to others by --hosts only" {
	run -0 "$BALKHASH" scene -q "$URL/fine/stac/$(basename "$ITEM")/item.json" -o items --stage stage
	[ -z "$(ls -A stage)" ]
	sed "s#\"href\": *\"\./#\"href\": \"$URL/fine/stac/$(basename "$ITEM")/#g" "$ITEM/item.json" >elsewhere.json
	grep -q "$URL" elsewhere.json || sed "s#\"href\": *\"#\"href\": \"$URL/fine/stac/$(basename "$ITEM")/#g" "$ITEM/item.json" >elsewhere.json
	run -65 "$BALKHASH" scene -q elsewhere.json -o other --stage stage
	[[ $output == *"--hosts 127.0.0.1:$(cat port)"* ]]
	run -0 "$BALKHASH" scene -q elsewhere.json -o other --stage stage --hosts "127.0.0.1:$(cat port)"
	[ -z "$(ls -A stage)" ]
}
