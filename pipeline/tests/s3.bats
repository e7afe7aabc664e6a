#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A product in a bucket, on a stand-in for S3 that checks signatures (s3_server.py).

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	mkdir bucket stage
	PRODUCT=$("$GENERATOR" --out bucket --kind landsat-l2 --lake star --size 300)
	SAFE=$("$GENERATOR" --out bucket --kind sentinel2-l2a --lake star --size 300)
	/usr/bin/python3 "$BATS_TEST_DIRNAME/s3_server.py" "$PWD/bucket" lakekey lakesecret >port 2>/dev/null 3>&- &
	echo $! >pid
	for _ in $(seq 50); do [ -s port ] && break || sleep 0.1; done
	AWS_S3_ENDPOINT=127.0.0.1:$(cat port)
	export PRODUCT SAFE AWS_S3_ENDPOINT AWS_HTTPS=NO AWS_VIRTUAL_HOSTING=FALSE AWS_REGION=us-east-1
	export AWS_ACCESS_KEY_ID=lakekey AWS_SECRET_ACCESS_KEY=lakesecret
	export AWS_EC2_METADATA_DISABLED=true BALKHASH_HTTP_RETRY_MS=1
	export no_proxy=127.0.0.1
}

teardown_file() {
	[ ! -s "$BATS_FILE_TMPDIR/pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/pid")"
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	[ -s port ] || skip "python3 is not there"
}

same_as_local() { # LOCAL REMOTE [OPTION...]
	local a b
	a=$("$BALKHASH" scene -q "$1" -o local)
	b=$("$BALKHASH" scene -q "$2" -o "remote$BATS_TEST_NUMBER" --stage stage "${@:3}")
	[ "$(basename "$a")" = "$(basename "$b")" ]
	cmp "$a/water.tif" "$b/water.tif"
	cmp "$a/fraction.tif" "$b/fraction.tif"
	[ -z "$(ls -A stage)" ]
}

@test "a folder of a bucket is listed, signed for and fetched whole" {
	same_as_local "$PRODUCT" "s3://lake/$(basename "$PRODUCT")"
}

@test "a SAFE with its folders, too" {
	same_as_local "$SAFE" "/vsis3/lake/$(basename "$SAFE")"
}

@test "a metadata file stands for its product" {
	same_as_local "$PRODUCT" "/vsis3/lake/$(basename "$PRODUCT")/$(basename "$PRODUCT")_MTL.txt"
}

@test "--direct reads in place, and info needs no copy" {
	same_as_local "$PRODUCT" "/vsis3/lake/$(basename "$PRODUCT")" --direct
	run -0 "$BALKHASH" info "/vsis3/lake/$(basename "$PRODUCT")"
	[[ $output == *"$(basename "$PRODUCT")"* ]]
}

@test "a wrong secret is 77, what is not there is 66, and nothing is left" {
	AWS_SECRET_ACCESS_KEY=wrong run -77 "$BALKHASH" scene -q "/vsis3/lake/$(basename "$PRODUCT")" -o x --stage stage
	run -66 "$BALKHASH" scene -q /vsis3/lake/nothing.tar -o x --stage stage
	[ -z "$(ls -A stage)" ]
	[ ! -e x ]
}
