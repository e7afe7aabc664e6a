#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What an agency installs, and whether docs/operations.md says what the program does.

bats_require_minimum_version 1.5.0

setup_file() {
	export TOP=$PWD PREFIX=$BATS_FILE_TMPDIR/usr
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s install PREFIX="$PREFIX"
	export UNITS=$PREFIX/lib/systemd/system
}

setup() {
	cd "$TOP"
}

needs_systemd() {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"
}

@test "install fills in the program's path" {
	grep -qFx "ExecStart=\"$PREFIX/bin/balkhash\" run /etc/balkhash/balkhash.ini" \
		"$UNITS/balkhash.service"
	[ -z "$(grep -r '@PROGRAM@' "$PREFIX/lib" | grep -v ':#')" ]
	[ "$("$PREFIX/bin/balkhash" --version)" = "$("$BALKHASH" --version)" ]
	[ "$(stat -c %a "$UNITS"/* "$PREFIX/lib/sysusers.d/balkhash.conf" | sort -u)" = 644 ]
}

@test "systemd takes the units without a word" {
	needs_systemd
	run -0 systemd-analyze verify --man=no "$UNITS/balkhash.service" "$UNITS/balkhash.timer"
	[ -z "$output" ]
	# It would say something.
	sed 's/^Type=oneshot/&\nRestartForceExitStatus=75\nNoSuchKey=1/' "$UNITS/balkhash.service" \
		>"$BATS_TEST_TMPDIR/balkhash.service"
	run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/balkhash.service"
	[[ $output == *NoSuchKey* ]]
}

@test "the service is hardened: exposure 1.5 of 10 at most" {
	needs_systemd
	systemd-analyze security --offline=true --threshold=15 "$UNITS/balkhash.service"
	sed '/^SystemCallFilter\|^ProtectSystem/d' "$UNITS/balkhash.service" >"$BATS_TEST_TMPDIR/balkhash.service"
	run systemd-analyze security --offline=true --threshold=15 "$BATS_TEST_TMPDIR/balkhash.service"
	[ "$status" != 0 ]
}

@test "the user of the service can be made" {
	command -v systemd-sysusers >/dev/null || skip "systemd-sysusers is not installed"
	mkdir -p "$BATS_TEST_TMPDIR/root/etc"
	systemd-sysusers --root="$BATS_TEST_TMPDIR/root" - <"$PREFIX/lib/sysusers.d/balkhash.conf"
	grep -q '^balkhash:.*:/var/lib/balkhash:' "$BATS_TEST_TMPDIR/root/etc/passwd"
}

# The names of system calls of a set, and of the sets in it.
calls_of() {
	local name

	systemd-analyze syscall-filter "$1" | sed -n '2,$s/^ *\([^# ][^ ]*\)$/\1/p' | while read -r name; do
		case $name in
		@*) calls_of "$name" ;;
		*) echo "$name" ;;
		esac
	done
}

# All commands that write, each under strace with these options.
traced() {	# OPTION...
	strace -f -qq "$@" -o trace.1 "$BALKHASH" scene -q products/LC* -o observations \
		--layers water,fraction,why,ndwi,quicklook
	strace -f -qq "$@" -o trace.2 "$BALKHASH" mosaic -q observations/*2017* -o mosaic --layers water,fraction,ndwi
	strace -f -qq "$@" -o trace.3 "$BALKHASH" change -q observations/*2017* observations/*2024* -o change
	strace -f -qq "$@" -o trace.4 "$BALKHASH" verify observations mosaic change
}

@test "the program works without the system calls that the service may not make" {
	needs_systemd
	command -v strace >/dev/null || skip "strace is not installed"
	cd "$BATS_TEST_TMPDIR"
	strace -o /dev/null true || skip "strace may not trace"
	for year in 2017 2024; do
		"$GENERATOR" --out products --kind landsat-l2 --size 120 --center 77.25,46.45 --date ${year}0712
	done
	traced
	cat trace.? | sed -n 's/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' | sort -u >made
	[ "$(wc -l <made)" -ge 20 ]
	calls_of @system-service | sort -u >listed
	[ "$(wc -l <listed)" -ge 200 ]
	# The second filter of the service takes some away again.
	{ calls_of @privileged; calls_of @resources; } | sort -u >denied
	comm -23 listed denied >allowed
	# What libraries try all the same (SQLite gives root's files to their owner, libnuma probes policies) may fail.
	comm -23 made allowed >forbidden
	cat forbidden
	[ "$(wc -l <forbidden)" -le 3 ]
	if [ -s forbidden ]; then
		mv observations first
		rm -r mosaic change
		traced -e inject="$(paste -sd, forbidden)":error=EPERM
		grep -q '(INJECTED)' trace.?
		diff -r first observations
	fi
	# MemoryDenyWriteExecute, RestrictAddressFamilies
	[ -z "$(grep -h 'PROT_WRITE|PROT_EXEC\|mprotect(.*PROT_EXEC' trace.?)" ]
	[ -z "$(grep -h '[0-9] socket(' trace.? | grep -v 'AF_UNIX\|AF_INET')" ]
}

@test "every code of the log is said somewhere" {
	cd "$BATS_TEST_DIRNAME/../.."
	local name
	for name in $(sed -n 's/^\tCODE(\([A-Z_]*\),.*/\1/p' pipeline/base/log_codes.h); do
		grep -rq "CODE_$name\b" pipeline --include='*.c' --exclude-dir=tests || { echo "# nobody says $name"; false; }
	done
}

@test "docs: the table of codes is that of log_codes.h" {
	sed -n 's/^\tCODE([A-Z_]*, *"\([^"]*\)", *"\(.*\)").*/| `\1` | \2 |/p' pipeline/base/log_codes.h >"$BATS_TEST_TMPDIR/header"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/header")" = "$(grep -c $'^\tCODE(' pipeline/base/log_codes.h)" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/header")" -ge 20 ]
	sed -n '/^| code | meaning |/,/^$/p' docs/operations.md | tail -n +3 | grep . |
		diff "$BATS_TEST_TMPDIR/header" -
}

@test "docs: the exit statuses are those of error.h" {
	sed -n 's/^\tERROR_[A-Z]* = \([0-9]*\),.*/\1/p' pipeline/base/error.h | sort -n >"$BATS_TEST_TMPDIR/header"
	for page in operations guide; do
		sed -n '/^## Exit status/,/^## /s/^| \([0-9]*\) |.*/\1/p' docs/$page.md | sort -n |
			diff "$BATS_TEST_TMPDIR/header" -
	done
}
