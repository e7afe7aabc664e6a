#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the program says to other programs.  Short set: asan

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for date in 20240712 20240728; do
		"$GENERATOR" --out products --kind landsat-l2 --size 120 --center 77.25,46.45 --date $date
	done
}

setup() {
	cd "$BATS_FILE_TMPDIR"
}

# Values of a member, one a line, of each line of JSON in a file; an error if a line is none.
members() {	# FILE NAME
	/usr/bin/python3 -c '
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    assert list(event)[:3] == ["ts", "level", "code"] and list(event)[-1] == "msg", line
    print(event.get(sys.argv[2], ""))' "$1" "$2"
}

@test "--log-format json: every line is an object with a code" {
	"$BALKHASH" scene -v --log-format json products/LC* -o observations 2>first >/dev/null
	[ "$(members first stage | sort -u)" = scene ]
	[ "$(members first level | sort -u)" = $'debug\ninfo' ]
	[ "$(members first code | sort -u)" = $'progress\nresult.done\nstage.blocks\nstage.start' ]
	[ "$(members first code | grep -c result.done)" = 2 ]
	[ "$(members first percent | tail -n 1)" = "" ] # after the last progress the result is published
	[ "$(members first percent | grep -c '^100$')" -ge 2 ]
	"$BALKHASH" scene --log-format=json products/LC* -o observations 2>again >/dev/null
	[ "$(members again code)" = $'result.skipped\nresult.skipped' ]
}

@test "--log-format json: errors have their exit status" {
	run -65 bash -c '"$BALKHASH" scene --log-format json "$0" -o x 2>error' "$BATS_TEST_FILENAME"
	[ "$(members error code)" = command.failed ]
	[ "$(members error level)" = error ]
	[ "$(members error status)" = 65 ]
	run -66 bash -c '"$BALKHASH" scene --log-format json /no/a /no/b -o x 2>error'
	[ "$(members error code)" = $'product.failed\nproduct.failed\ncommand.failed' ]
	[ "$(members error status)" = $'66\n66\n66' ]
}

@test "--log-format json: what is wrong behind it on the command line is JSON too" {
	run -64 bash -c '"$BALKHASH" scene --log-format json --overwriet 2>error'
	[ "$(members error status)" = 64 ]
	[[ "$(members error msg)" == *"did you mean --overwrite?"* ]]
	run -64 "$BALKHASH" scene --log-format xml x -o y
	[[ $output == "balkhash: "*text*json* ]]
}

@test "--log-format json: a name in any encoding" {
	run -66 bash -c '"$BALKHASH" info --log-format json "$1" 2>error' - $'/no/a"b\\\xff озеро'
	[[ "$(members error msg)" == *$'/no/a"b\\\xef\xbf\xbd озеро'* ]]
}

@test "the journal is told priorities, and only the journal" {
	: >journal
	JOURNAL_STREAM=$(stat -c %d:%i journal) "$BALKHASH" scene products/LC* -o observations \
		2>>journal >/dev/null
	grep -q '^<6>balkhash: .*there already' journal
	run -66 env JOURNAL_STREAM="$(stat -c %d:%i journal)" \
		bash -c '"$BALKHASH" info /no/a 2>>journal'
	tail -n 1 journal | grep -q '^<3>balkhash: '
	run -66 env JOURNAL_STREAM="$(stat -c %d:%i journal)" bash -c '"$BALKHASH" info /no/a 2>other'
	grep -q '^balkhash: ' other
}
