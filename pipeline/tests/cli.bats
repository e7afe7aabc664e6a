#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The command line itself.  Short set: asan

bats_require_minimum_version 1.5.0

# Exit status $1, nothing on stdout, and one line on stderr, beginning "balkhash: ", that holds $2.
refuses() {
	local status=$1 words=$2
	shift 2
	run --separate-stderr -"$status" "$BALKHASH" "$@"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == "balkhash: "* ]]
	[[ $stderr == *"$words"* ]]
}

@test "--version names the program, its libraries and the instruction set" {
	run -0 "$BALKHASH" --version
	for name in balkhash GDAL PROJ libtiff jansson OpenSSL "instruction set"; do
		grep -Eq "^$name [0-9a-z]" <<<"$output"
	done
	[ "${#lines[@]}" = 7 ]
	run -0 "$BALKHASH" --isa scalar --version
	[ "${lines[-1]}" = "instruction set scalar" ]
}

@test "--help goes to stdout" {
	run --separate-stderr -0 "$BALKHASH" --help
	[[ $output == "Usage: balkhash COMMAND "* ]]
	[ -z "$stderr" ]
	program=$output
	for command in info scene mosaic change run status verify slurm; do
		grep -q "^  $command " <<<"$program"
		run -0 "$BALKHASH" "$command" --help
		[[ $output == "Usage: balkhash $command "* ]]
		# No text is cut: every bracket that opens closes.
		[ "$(tr -cd '(' <<<"$output")" ]
		[ "$(tr -cd '(' <<<"$output" | wc -c)" = "$(tr -cd ')' <<<"$output" | wc -c)" ]
	done
}

@test "a wrong command line is one line and status 64" {
	refuses 64 "no command is given"
	refuses 64 "did you mean scene?" scnee x
	refuses 64 "did you mean --overwrite?" scene x -o y --overwriet
	refuses 64 "at least one path" info
	refuses 64 "-o DIR" scene x
	refuses 64 "at least two paths, not 1" change x -o y
	refuses 64 "it runs scalar" info x --isa mmx
	refuses 64 "from 1 to 1024" info x --threads 0
}

@test "the environment: checked for the command that takes it, unknown names are told" {
	BALKHASH_THREADS=0 refuses 78 "BALKHASH_THREADS wants a whole number from 1 to 1024" info x
	BALKHASH_MMU=0 refuses 66 "/nowhere" info /nowhere
	BALKHASH_ISA=mmx refuses 64 "it runs scalar" --version
	BALKHASH_ISA=scalar run -0 "$BALKHASH" --version
	[ "${lines[-1]}" = "instruction set scalar" ]
	BALKHASH_THREDS=secret run --separate-stderr -0 "$BALKHASH" --version
	[[ $stderr == *"warning"*"did you mean BALKHASH_THREADS?"* ]]
	[[ $stderr != *secret* ]]
}

@test "a missing product is one line and status 66" {
	refuses 66 "/no where/озеро" info "/no where/озеро"
}

@test "an error stays one line whatever a path holds" {
	refuses 66 "a?b??[31mc" info $'/nowhere/a\nb\r\e[31mc'
}

@test "what cannot be printed is an error" {
	[ -w /dev/full ] || skip "no /dev/full"
	run -74 bash -c '"$BALKHASH" --help >/dev/full'
	[[ $output == "balkhash: cannot write to standard output"* ]]
}

@test "closed standard streams do no harm" {
	run -66 bash -c '"$BALKHASH" info /nowhere/x <&- >&- 2>&-'
	run -0 bash -c '"$BALKHASH" --version <&- 2>&-'
	[ "${#lines[@]}" = 7 ]
}

@test "the locale of the user does not matter" {
	run -0 "$BALKHASH" --help
	expected=$output
	for locale in C C.UTF-8 de_DE.UTF-8 tr_TR.UTF-8; do
		run -0 env LC_ALL=$locale "$BALKHASH" --help
		[ "$output" = "$expected" ]
	done
}

@test "the manual page is roff without a warning" {
	command -v man >/dev/null && command -v troff >/dev/null || skip "no man or no troff"
	"$BALKHASH" --man >"$BATS_TEST_TMPDIR/balkhash.1"
	run --separate-stderr -0 env MANWIDTH=80 man --warnings -l "$BATS_TEST_TMPDIR/balkhash.1"
	[ -z "$stderr" ]
	grep -q 'EXIT STATUS' <<<"$output"
}

# What bash offers for the words given, the last of which is being typed.
complete() {
	bash -c '
		complete() { :; }
		source <("$BALKHASH" --bash-completion)
		unset -f complete
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_balkhash
		echo "${COMPREPLY[*]}"' bash "$@"
}

@test "bash completes commands, options and their values" {
	[ "$(complete balkhash sc)" = scene ]
	[ "$(complete balkhash scene --ov)" = --overwrite ]
	[ "$(complete balkhash scene x --masks "")" = "auto product own both none" ]
	[ "$(complete balkhash scene --rayleigh a)" = auto ]
	[ "$(complete balkhash info --mas)" = "" ]
	[ "$(complete balkhash scene some)" = "" ]
	[[ "$(complete balkhash "")" == "info scene mosaic change run status verify slurm --lake "* ]]
}
