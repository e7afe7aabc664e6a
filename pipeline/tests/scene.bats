#!/usr/bin/env bats
# The command "scene" on generated products: right, the same everywhere, and unharmed by bad input.

bats_require_minimum_version 1.5.0

setup_file() {
	export P=$BATS_FILE_TMPDIR/products
	mkdir -p "$P"
	generate() { "$GENERATOR" --out "$P" "$@"; }
	L2=$(generate --kind landsat-l2 --lake star --size 600 --date 20240712 --clouds 2)
	L1=$(generate --kind landsat-l1 --lake star --size 600 --date 20240713)
	L2CLEAR=$(generate --kind landsat-l2 --lake star --size 600 --date 20240713)
	S2=$(generate --kind sentinel2-l2a --lake star --size 900 --date 20240714)
	S1=$(generate --kind sentinel2-l1c --lake star --size 900 --date 20240714)
	NATURAL=$(generate --kind landsat-l2 --size 700 --center 77.25,46.45 --date 20240715 --salt --swath-edge)
	export L1 L2 L2CLEAR S1 S2 NATURAL
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# Hashes of all files of a folder, by name.
hashes() {
	(cd "$1" && find . -type f | sort | xargs sha256sum)
}

# IoU with the generator's truth, times 10000.
iou() {
	"$(dirname "$BALKHASH")/pipeline/tests/bench_accuracy" "$P/truth/$(basename "${1%.SAFE}")/class.tif" \
		"$2/water.tif" | awk '{ printf "%d", $1 * 10000 }'
}

@test "water stands where the truth has it, for each kind of product" {
	for product in "$L2" "$L1" "$S2" "$S1"; do
		run -0 "$BALKHASH" scene -q "$product" -o out
		[ "$(iou "$product" "${lines[-1]}")" -ge 9850 ]
	done
}

@test "Level-1 with its Rayleigh correction gives the water of Level-2" {
	a=$("$BALKHASH" scene -q "$L1" -o out)
	b=$("$BALKHASH" scene -q "$L2CLEAR" -o out)
	for d in "$a" "$b"; do
		gdal_translate -q -of XYZ -outsize 300 300 -r nearest "$d/water.tif" "$(basename "$d").xyz"
	done
	different=$(cmp -l ./*.xyz | wc -l)
	[ "$different" -lt 300 ] # of 90 000 pixels
}

@test "bytes do not depend on threads, instruction set, tiles or the CPU's libm" {
	"$BALKHASH" scene -q --lake balkhash "$NATURAL" -o reference --threads 1 --layers water,fraction,why,mndwi,quicklook
	hashes reference >reference.txt
	n=0
	for variant in --timing "--threads 2" "--threads 7" "--tile 128" "--tile 1024" "--isa scalar" "--isa base" "--isa avx2" "--isa avx512"; do
		# shellcheck disable=SC2086
		if ! "$BALKHASH" scene -q --lake balkhash "$NATURAL" -o "v$n" --layers water,fraction,why,mndwi,quicklook $variant 2>err; then
			grep -q isa err && continue # this CPU does not have it
			false
		fi
		hashes "v$n" | diff reference.txt -
		n=$((n + 1))
	done
	GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA "$BALKHASH" scene -q --lake balkhash "$NATURAL" -o other --layers water,fraction,why,mndwi,quicklook
	hashes other | diff reference.txt -
	[ "$n" -ge 6 ]
}

@test "Sentinel-2 onto the lake's grid: the same bytes for threads and tiles, too" {
	"$BALKHASH" scene -q --lake balkhash "$S2" -o a --threads 1 --layers water,fraction,why,ndci
	"$BALKHASH" scene -q --lake balkhash "$S2" -o b --threads 3 --tile 128 --layers water,fraction,why,ndci
	diff <(hashes a) <(hashes b)
}

@test "a second run finds the result and does nothing" {
	first=$("$BALKHASH" scene -q "$L2" -o out)
	before=$(stat -c %i "$first/item.json")
	run -0 "$BALKHASH" scene -q "$L2" -o out
	[ "${lines[-1]}" = "$first" ]
	[ "$(stat -c %i "$first/item.json")" = "$before" ]
}

@test "another result in its place is kept: 73, and --overwrite replaces it" {
	d=$("$BALKHASH" scene -q "$L2" -o out)
	sha256sum "$d/item.json" >old
	run -73 "$BALKHASH" scene -q "$L2" -o out --masks none
	[[ "$output" == *--overwrite* ]]
	sha256sum -c --quiet old
	"$BALKHASH" scene -q "$L2" -o out --masks none --overwrite
	run ! sha256sum -c --status old
	[ -z "$(find out -name '.*' -mindepth 1)" ]
}

@test "only what --layers names is written, and an index needs its bands only" {
	d=$("$BALKHASH" scene -q "$L2" -o out --layers water,mndwi)
	[ "$(cd "$d" && ls)" = "$(printf '%s\n' item.json mndwi.qml mndwi.tif water.qml water.tif)" ]
	run -66 "$BALKHASH" scene -q "$L2" -o other --layers ndci
	[[ "$output" == *ndci* ]]
	run -64 "$BALKHASH" scene -q "$L2" -o other --layers nothing
}

@test "not a product: 65; no such path: 66" {
	mkdir empty
	run -65 "$BALKHASH" scene -q empty -o out
	[ "${#lines[@]}" -eq 1 ]
	run -66 "$BALKHASH" scene -q nowhere -o out
	[ "${#lines[@]}" -eq 1 ]
	[ ! -e out ]
}

# A copy of the product to break.
copy() {
	cp -r "$1" broken
	chmod -R u+w broken
}

@test "a missing band is named" {
	copy "$L2"
	rm broken/*_SR_B6.TIF
	run -66 "$BALKHASH" scene -q broken -o out
	[[ "$output" == *swir1* ]]
	[ "${#lines[@]}" -eq 1 ] || [[ "${lines[0]}" == *warning* ]]
	[ -z "$(ls -A out 2>/dev/null)" ]
}

@test "a truncated band is an error that names it, and nothing is left behind" {
	copy "$L2"
	f=$(ls broken/*_SR_B5.TIF)
	truncate -s $(($(stat -c %s "$f") * 2 / 3)) "$f"
	run -65 "$BALKHASH" scene -q broken -o out
	[[ "$output" == *SR_B5.TIF* ]]
	[ -z "$(ls -A out 2>/dev/null)" ]
}

@test "a truncated JPEG 2000 file is an error that names it" {
	cp -r "$S2" broken.SAFE
	f=$(find broken.SAFE -name '*B03_10m.jp2')
	truncate -s $(($(stat -c %s "$f") / 2)) "$f"
	run -65 "$BALKHASH" scene -q broken.SAFE -o out
	[[ "$output" == *B03* ]]
	[ -z "$(ls -A out 2>/dev/null)" ]
}

@test "bands of another size or CRS do not fit: 65" {
	copy "$L2"
	f=$(ls broken/*_SR_B4.TIF)
	gdal_translate -q -srcwin 0 0 300 300 "$f" cut.tif && mv cut.tif "$f"
	run -65 "$BALKHASH" scene -q broken -o out
	[[ "$output" == *"red (B4)"* ]]
	rm -rf broken && copy "$L2"
	gdal_translate -q -a_srs EPSG:32612 "$f" other.tif && mv other.tif "$f"
	run -65 "$BALKHASH" scene -q broken -o out
	[[ "$output" == *"red (B4)"* ]]
}

@test "no overlap with the lake: 66" {
	far=$("$GENERATOR" --out far --kind landsat-l2 --lake circle --size 300 --center 10,47)
	run -66 "$BALKHASH" scene -q --lake balkhash "$far" -o out
	[[ "$output" == *overlap* ]]
	[ ! -e out ] || [ -z "$(ls -A out)" ]
}

@test "too little memory: 78, naming what is needed" {
	run -78 "$BALKHASH" scene -q "$L2" -o out --memory 8M
	[[ "$output" == *"--memory"* ]]
	[ -z "$(ls -A out 2>/dev/null)" ]
}

@test "a full disk: 74, nothing half-written" {
	[ "$(id -u)" -eq 0 ] || skip "needs root to mount a small file system"
	mkdir small
	mount -t tmpfs -o size=300k tmpfs small || skip "mount is not allowed here"
	run "$BALKHASH" scene -q "$NATURAL" -o small/out
	left=$(find small/out -mindepth 1 2>/dev/null | wc -l)
	umount small
	[ "$status" -eq 74 ]
	[ "$left" -eq 0 ]
}

@test "a file size limit: 74, nothing half-written" {
	run bash -c 'ulimit -f 20; exec "$0" scene -q "$1" -o out' "$BALKHASH" "$NATURAL"
	[ "$status" -eq 74 ]
	[ -z "$(ls -A out 2>/dev/null)" ]
}

@test "no permission to write: 77" {
	drop=()
	if [ "$(id -u)" -eq 0 ]; then
		command -v setpriv >/dev/null || skip "root, and no setpriv to drop it"
		drop=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	fi
	open=$(mktemp -d) # the test's own folders cannot be entered by others
	cp -r "$L2" "$BALKHASH" "$open"
	mkdir "$open/locked"
	chmod -R a+rX "$open"
	run -77 "${drop[@]}" "$open/balkhash" scene -q "$open/$(basename "$L2")" -o "$open/locked/out"
	rm -rf "$open"
}

@test "one bad product does not stop the others: 3, each named" {
	mkdir bad
	run -3 "$BALKHASH" scene -q bad "$L2" -o out
	[[ "$output" == *bad:* ]]
	compgen -G "out/*/item.json" >/dev/null
}

@test "peak memory stays inside --memory" {
	command -v /usr/bin/time >/dev/null || skip "no /usr/bin/time"
	/usr/bin/time -f %M -o peak "$BALKHASH" scene -q "$NATURAL" -o out --memory 200M
	[ "$(tail -1 peak)" -lt 204800 ]
}

@test "each block is decoded once, and those away from the lake not at all" {
	product=$("$GENERATOR" --out p --kind landsat-l2 --size 1500 --center 77.25,46.85)
	decoded() { sed -n 's/.*: \([0-9]*\) of \([0-9]*\) blocks decoded.*/\1 \2/p'; }
	read -r all planned < <("$BALKHASH" scene -v "$product" -o own 2>&1 | decoded)
	[ "$all" -eq "$planned" ]
	[ "$all" -eq $((6 * 6 * 8)) ] # blocks of 256 in six bands and two masks
	read -r some planned < <("$BALKHASH" scene -v --tile 256 --lake balkhash "$product" -o lake 2>&1 | decoded)
	[ "$some" -eq "$planned" ]
	[ "$some" -gt 0 ] && [ "$some" -lt "$all" ]
	echo "# $some of $all blocks meet the lake" >&3
}
