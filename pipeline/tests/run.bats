#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# run: everything once, nothing twice; what fails is said and does not stop the rest; whatever happens, the same bytes in the end.

bats_require_minimum_version 1.5.0

# Two summers of three products each, on a lake of 3 km.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	make_products products
	cat >star.ini <<-END
		[lake]
		name = star
		outline = star.geojson
		buffer = 0
		tr = 30
	END
	cat >star.geojson <<-END
		{"type": "Polygon", "coordinates": [[[75.455, 46.54], [75.485, 46.54], [75.485, 46.56], [75.455, 46.56], [75.455, 46.54]]]}
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
	"$BALKHASH" run -q config.ini >/dev/null
	mv out undisturbed
	chmod -R a-w undisturbed
}

make_products() { # FOLDER
	local day
	for day in 20170612 20170714 20170815 20240612 20240714 20240815; do
		"$GENERATOR" --out generated --kind landsat-l2 --lake star --size 120 --clouds 1 --date $day \
			--shift $((day < 20200000 ? 100 : 0)) >/dev/null
	done
	mkdir -p "$1"
	mv generated/LC09* "$1"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR"/{products,star.ini,star.geojson,config.ini} .
}

# Everything but the ledger, hashed.
hashes() {
	(cd "$1" && find . -path ./ledger -prune -o -type f -print | sort | xargs -d '\n' sha256sum)
}

# The output is that of a run that nothing disturbed, and nothing else lies about.
same() {
	diff <(hashes out) <(hashes "$BATS_FILE_TMPDIR/undisturbed")
	[ -z "$(ls -A out/ledger/leases)" ]
}

events() { # EVENT: how many
	cat out/ledger/attempts/*.jsonl | grep -c "\"event\":\"$1\"" || true
}

run_quietly() {
	"$BALKHASH" run -q config.ini "$@" >/dev/null
}

@test "all is made once, and a second run does nothing" {
	run_quietly
	same
	[ "$(events "done")" = 9 ]
	hashes out >before
	find out -path out/ledger -prune -o -printf '%p %T@\n' | sort >stamps
	run_quietly
	diff <(hashes out) before
	diff <(find out -path out/ledger -prune -o -printf '%p %T@\n' | sort) stamps
	"$BALKHASH" verify -q out/observations out/mosaics out/changes
	run -0 "$BALKHASH" status config.ini
	[[ $output == *"scene    6 done"*"mosaic   2 done"*"change   1 done"* ]]
}

@test "a new product makes what depends on it anew, and says what was published before" {
	mkdir aside
	mv products/LC09_*_20240815_* aside
	run_quietly
	[ "$(events "done")" = 8 ]
	mv aside/* products
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"mosaic_star_20240501_20241101 is replaced: "*" km2 of water before, "* ]]
	same
	[ "$(events "done")" = 11 ]
	[ "$(events replaced)" = 2 ]
	run -0 "$BALKHASH" status config.ini
	[[ $output == *"replaced mosaics/2024 on "*" km2 of water before, "* ]]
}

@test "a bad product is named once and stops nothing; mended it is taken" {
	cp -r products/LC09_*_20240815_* good
	truncate -s 1000 products/LC09_*_20240815_*/*_SR_B3.TIF
	run -3 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"scene LC09_L2_150028_20240815: "*"SR_B3"* ]]
	[ "$(events failed)" = 1 ]
	[ -f out/changes/2017-2024/item.json ]
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"5 done, 1 quarantined"* ]]
	[ "$(events failed)" = 1 ]
	run -0 "$BALKHASH" status config.ini
	[[ $output == *"quarantined scene LC09_L2_150028_20240815: "*"SR_B3"* ]]
	cp good/*_SR_B3.TIF products/LC09_*_20240815_*
	run_quietly
	same
}

@test "what is missing is asked for again when the product changes" {
	mv products/LC09_*_20240815_*/*_SR_B3.TIF .
	run -3 "$BALKHASH" run -q config.ini
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"5 done, 1 refused"* ]]
	[ "$(events failed)" = 1 ]
	mv ./*_SR_B3.TIF products/LC09_*_20240815_*
	run_quietly
	same
}

@test "a product elsewhere is no failure" {
	"$GENERATOR" --out products --kind landsat-l2 --lake star --center 70,40 --size 120 --date 20240901 >/dev/null
	rm -r products/truth
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"6 done, 1 outside"* ]]
	same
}

@test "what is still arriving is left alone" {
	touch "$(echo products/LC09_*_20240815_*)/more.part"
	run -0 --separate-stderr "$BALKHASH" run config.ini --completeness 0
	[[ $stderr == *"5 done, 1 waiting"* ]]
	run -0 --separate-stderr "$BALKHASH" run config.ini --completeness 90
	[[ $stderr == *"5 done, 1 waiting"* ]]
	rm products/*/more.part
	run_quietly
	same
}

@test "files that changed a moment ago come to rest first" {
	run -0 --separate-stderr "$BALKHASH" run config.ini --settle 3
	[[ $stderr == *"6 scene(s) have files that are new: looking again in 4 s"* ]]
	same
}

@test "mosaics wait until enough scenes are done" {
	touch "$(echo products/LC09_*_20240815_*)/more.part"
	"$BALKHASH" run -q config.ini --stages scene >/dev/null
	[ ! -e out/mosaics/2024 ]
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"mosaics: 2 blocked"* ]]
	run -0 --separate-stderr "$BALKHASH" run config.ini --completeness 80
	[[ $stderr == *"mosaics: 2 done"* ]]
}

@test "a scene processed again replaces the one before, whichever comes first" {
	local name
	name=$(basename products/LC09_*_20240815_*)
	# The provisional one, made a day after the overpass.
	cp -r "products/$name" "${name/_02_T1/_02_RT}"
	mv "products/$name" kept
	mv "${name/_02_T1/_02_RT}" rt
	(cd rt && for f in *; do mv "$f" "${f/_02_T1/_02_RT}"; done && sed -i 's/_02_T1/_02_RT/; s/"T1"/"RT"/' ./*_MTL.*)
	mv rt "products/${name/_02_T1/_02_RT}"
	run_quietly
	mv kept "products/$name"
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"LC09_L2SP_20240815T"*" is replaced: "* ]]
	same
	run -0 "$BALKHASH" status config.ini
	[[ $output == *"replaced observations/LC09_L2SP_20240815T"* ]]
}

@test "the halves of a tile that come in different runs are both kept, and a result that got another name is gone" {
	local half
	rm -rf products
	mkdir products
	for half in 1 2; do
		"$GENERATOR" --out half$half --kind sentinel2-l2a --lake star --size 120 --date 20240714 --datastrip $half >/dev/null
	done
	mv half1/*.SAFE products
	run_quietly
	[ "$(ls -d out/observations/*/ | wc -l)" = 1 ]
	[ "$(ls -d out/mosaics/*/ | wc -l)" = 1 ]
	mv half2/*.SAFE products
	run -0 "$BALKHASH" run -q config.ini
	[ "$(ls -d out/observations/*/ | wc -l)" = 2 ]
	# Whichever came first, and both at once, make the same.
	hashes out >apart
	mv out out.apart
	run_quietly
	hashes out >together
	diff apart together
	run -0 "$BALKHASH" verify out.apart
	run -0 "$BALKHASH" run config.ini
	[[ $output == *"nothing was to be done"* ]]
}

@test "what a unit made before it failed is not said to be the next one's" {
	local half
	rm -rf products
	mkdir products
	for half in 1 2; do
		"$GENERATOR" --out half$half --kind sentinel2-l2a --lake star --size 120 --date 20240714 --datastrip $half >/dev/null
		mv half$half/*.SAFE products
	done
	"$GENERATOR" --out next --kind sentinel2-l2a --lake star --size 120 --date 20240815 >/dev/null
	mv next/*.SAFE products
	# The second half is opened after the first was made.
	rm products/*_20240714T104807.SAFE/MTD_MSIL2A.xml
	run -3 "$BALKHASH" run -q config.ini
	[ "$(events failed)" = 1 ]
	grep -h '"event":"done"' out/ledger/attempts/*.jsonl | grep '"kind":"scene"' >made
	[ "$(wc -l <made)" = 1 ]
	[ "$(grep -o '"folder"' made | wc -l)" = 1 ]
	grep -q 'folder":"observations/S2B_L2A_20240815T' made
}

@test "the catalogue follows, whoever made what is in it" {
	local name id
	sed -i '/^\[period/,/^to/d' config.ini
	name=$(basename products/LC09_*_20240815_*)
	mv "products/$name" aside
	run_quietly
	mv aside "products/$name"
	id=$("$BALKHASH" run --plan config.ini | grep '"state":"todo"' | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
	# A task of an array does not write it, nor does a run that is killed before it came to that.
	run_quietly --unit "$id"
	run -1 grep -q 20240815 out/observations/items.json
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"nothing was to be done"* ]]
	grep -q 20240815 out/observations/items.json
	mv out one
	run_quietly
	diff <(hashes out) <(hashes one)
	[ -z "$(find out -name 'catalog.due' -o -name 'catalog.taken')" ]
}

@test "a lost ledger costs only time" {
	run_quietly
	find out/observations out/mosaics out/changes -type f -printf '%p %T@\n' | sort >stamps
	rm -r out/ledger
	run_quietly
	diff <(find out/observations out/mosaics out/changes -type f -printf '%p %T@\n' | sort) stamps
	same
	one=$(find out/ledger/attempts -name '*.jsonl' | head -1)
	echo 'not JSON' >>"$one"
	printf '{"time": "2026' >>"$one"
	run_quietly
	same
	[ "$(events "done")" = 9 ]
}

@test "a result that was lost is made again" {
	run_quietly
	rm -r out/observations/LC09_L2SP_20170714T* out/mosaics/2017
	run_quietly
	same
}

@test "SIGTERM ends it with 75 and leaves nothing half made" {
	local status=0
	"$BALKHASH" run -q config.ini >/dev/null 2>said &
	pid=$!
	until [ -n "$(find out/observations -name item.json 2>/dev/null)" ]; do sleep .01; done
	kill -TERM $pid
	wait $pid || status=$?
	[ $status = 75 ]
	grep -q "asked to end" said
	[ -z "$(find out -name '.*')" ]
	[ -z "$(ls -A out/ledger/leases)" ]
	run_quietly
	same
}

@test "eight runs at once share the work, of two hosts where that can be" {
	local i host=()
	for i in 1 2 3 4 5 6 7 8; do
		# Another host has another name and other numbers of processes.
		if [ $i -gt 4 ] && unshare -upf --mount-proc true 2>/dev/null; then
			host=(unshare -upf --mount-proc bash -c 'hostname other && exec "$@"' -)
		fi
		"${host[@]}" "$BALKHASH" run -q config.ini --threads 1 >"said$i" 2>&1 &
	done
	wait
	same
	grep -v "^$PWD/out/" said? && false
	# What two found to do at the same time was found standing by the second.
	[ "$(cat out/ledger/attempts/*.jsonl | grep '"event":"done"' | grep -o '"unit":"[^"]*","kind"' | sort -u | wc -l)" = 9 ]
	[ "$(events "failed")" = 0 ]
	run_quietly
	same
}

@test "a product that vanishes while it is read fails by itself" {
	local product
	product=$(echo products/LC09_*_20170714_*)
	"$BALKHASH" run -q config.ini >/dev/null 2>said &
	pid=$!
	until grep -qs '"start".*LC09_L2_150028_20170714' out/ledger/attempts/*.jsonl; do sleep .002; done
	mv "$product" .
	wait $pid || [ $? = 3 ]
	[ -z "$(cat said | grep -v 'LC09_L2SP\|failed')" ]
	[ -z "$(find out -name '.*')" ]
	mv "$(basename "$product")" products
	# Its files have not changed: what failed for a cause of theirs is told to be tried again by a touch.
	touch "$product"/*
	run_quietly
	same
}

@test "clocks that are wrong make nobody wait" {
	touch -d '+3 days' products/LC09_*_20170714_*/*
	run_quietly --settle 5
	same
	# A failure that passes, noted by a clock that was a year ahead.
	id=$("$BALKHASH" run config.ini --plan | head -1 | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
	echo '{"time":"2099-01-01T00:00:00Z","event":"failed","unit":"'"$id"'","code":74,"error":"no disk"}' >out/ledger/attempts/z.jsonl
	run_quietly
	same
}

@test "an output that another user owns is an error that says so" {
	[ "$(id -u)" = 0 ] || skip "needs root, to be another user"
	# Where another user comes in.
	local place
	place=$(mktemp -d "${BATS_RUN_TMPDIR%/*}/other-XXXXXX")
	cp -r products star.* config.ini "$BALKHASH" "$place"
	mkdir "$place/out"
	chmod -R a+rX,go-w "$place"
	run setpriv --reuid 65534 --clear-groups "$place/balkhash" run -q "$place/config.ini"
	[ -z "$(ls -A "$place/out")" ]
	rm -r "$place"
	[ "$status" = 77 ]
	[[ $output == *"/out/"*"Permission denied"* ]]
}

# Kill the run again and again at moments that chance chooses; then let it end.
kill_often() { # TIMES
	local i pid
	for i in $(seq "$1"); do
		"$BALKHASH" run -q config.ini >/dev/null 2>&1 &
		pid=$!
		sleep "$(awk -v s="$RANDOM" 'BEGIN { srand(s); printf "%.3f", rand() * 1.2 }')"
		kill -KILL $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		# Once all is made, begin anew.
		if [ -e out/changes/2017-2024/item.json ]; then
			run_quietly
			same
			rm -r out
		fi
	done
	run_quietly
	same
	[ -z "$(find out -name '.*')" ]
}

@test "killed at random moments, the last run ends with the same bytes" {
	kill_often "$([ -n "${BALKHASH_LONG:-}" ] && echo 200 || echo 2)"
}

@test "a unit that crashes costs three attempts, and the rest goes on" {
	local i pid child
	mkdir aside
	mv products/LC09_*_2017* products/LC09_*_202406* products/LC09_*_202407* aside
	for i in 1 2 3; do
		"$BALKHASH" run -q config.ini >/dev/null 2>said &
		pid=$!
		for _ in $(seq 2000); do
			child=$(pgrep -P $pid) && kill -SEGV "$child" && break
			sleep .002
		done
		wait $pid || [ $? = 3 ]
		grep -q "scene LC09_L2_150028_20240815: it crashed: Segmentation fault" said
	done
	[ "$(events crashed)" = 3 ]
	mv aside/* products
	run -0 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"5 done, 1 poisoned"* ]]
	[ "$(events crashed)" = 3 ]
	touch products/LC09_*_20240815_*/*
	run_quietly
	same
}

@test "one that takes too long is ended" {
	run -3 --separate-stderr timeout 60 "$BALKHASH" run config.ini --time-limit 1 --stages scene --unit 0 -co LEVEL=12 --tile 128 --threads 1 --isa scalar --layers water,fraction,why,ndwi,mndwi,chlorophyll -tr 1 1
	[[ $stderr == *"it took more than the 1 s of time-limit"* ]]
	[ -z "$(find out -name '.*')" ]
}

@test "units by number and by id" {
	run -0 --separate-stderr "$BALKHASH" run config.ini --plan
	[ "${#lines[@]}" = 9 ]
	[[ ${lines[0]} == '{"number":0,"id":"'*'"kind":"scene","name":"LC09_L2_150028_20170612","inputs":["'*'"state":"todo","memory_bytes":'* ]]
	[[ ${lines[6]} == *'"kind":"mosaic","name":"2017"'*'"state":"empty"'* ]]
	id=$(sed 's/.*"id":"\(............\).*/\1/' <<<"${lines[4]}")
	run_quietly --unit "0-1,$id" --stages scene
	[ "$(find out/observations -name item.json | wc -l)" = 3 ]
	[ -d "$(echo out/observations/LC09_L2SP_20240714T*)" ]
	run -64 "$BALKHASH" run config.ini --unit 1-x
	[[ $output == *"--unit wants"* ]]
	run -64 "$BALKHASH" run config.ini --stages scenes
	[[ $output == *"--stages wants some of scene,mosaic,change"* ]]
}

@test "a folder of products that is gone is said, and what is known stays" {
	run_quietly
	mv products elsewhere
	run -3 --separate-stderr "$BALKHASH" run config.ini
	[[ $stderr == *"products"* ]]
	same
}

@test "products that were removed after they were made stay in the mosaics" {
	run_quietly
	rm -r products/*
	run_quietly
	same
}

@test "an output that may not be written is an error that says so" {
	touch out
	run -73 "$BALKHASH" run -q config.ini
	[[ $output == *"out"* ]]
	rm out
	mkdir -p out/mosaics/2017
	touch out/mosaics/2017/notes.txt
	run -3 "$BALKHASH" run -q config.ini
	[[ $output == *"mosaic 2017: "*"something else is there"* ]]
	[ -f out/mosaics/2017/notes.txt ]
	rm -r out/mosaics/2017
	run_quietly
	same
}

@test "a full disk loses nothing" {
	[ "$(id -u)" = 0 ] || skip "needs root, to make a small disk"
	mkdir -p disk
	mount -t tmpfs -o size=24m none disk 2>/dev/null || skip "no disk can be made here"
	local size bad=0
	sed -i 's|^output = .*|output = disk/out|' config.ini
	ln -s disk/out out
	for size in 20 40 80 160 320 640; do
		dd if=/dev/zero of=disk/fill bs=1k count=$(($(df -k --output=avail disk | tail -1) - size)) 2>/dev/null
		run --separate-stderr "$BALKHASH" run -q config.ini
		# 3: one unit failed and the rest fitted.
		case $status in 74 | 73 | 3) ;; 0) [ $size -gt 100 ] ;; *) false ;; esac || { echo "# $size: $status $stderr"; bad=1; }
		rm disk/fill
		# Failures that pass are tried again later: here at once.
		rm -rf disk/out/ledger
	done
	run_quietly || bad=1
	same || bad=1
	umount disk
	[ $bad = 0 ]
}
