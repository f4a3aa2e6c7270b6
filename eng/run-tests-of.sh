#!/usr/bin/env bash
# Runs one test program and writes what it counted; called by ./test.
#   run-tests-of.sh first NAME   all its tests; what failed or hung is noted for a second try
#   run-tests-of.sh again NAME   only what failed at the first try (all of it where the program did not come to its end)
# Files in the results folder: NAME.log, NAME.count ("passed failed skipped"), NAME.again (methods for a second try, or *),
# NAME.second (what passed only then).
set -uo pipefail
phase=$1 name=$2 results=$CULVERT_TEST_RESULTS
program="artifacts/bin/$name/$(tr '[:upper:]' '[:lower:]' <<<"$CULVERT_TEST_CONFIGURATION")/$name"
max_again=8   # more failures than this are no accident

run() { # log, arguments; sets code, t, f, s, p and whole
  local log=$1; shift
  timeout --kill-after=10 "${CULVERT_TEST_LIMIT:-1200}" "$program" -noColor -noLogo -reporter verbose "$@" </dev/null >"$log" 2>&1
  code=$?
  # xunit's closing line: "   Total: 23, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, Time: 0.123s"
  local summary; summary=$(grep -aE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
  count() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
  t=$(count Total) f=$(count Failed) s=$(count Skipped)
  t=${t:-0} s=${s:-0} f=$((${f:-0} + $(count Errors | grep . || echo 0)))
  p=$((t - f - s - $(count 'Not Run' | grep . || echo 0)))
  whole=yes
  # A program that ended without a summary (crash, time limit) or that ran no test has failed, whatever it counted.
  if [ "$t" -eq 0 ] || { [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; }; then whole=no f=$((f + 1)); fi
}

# A test's arguments may have any characters, brackets too.
failures() { grep -aE '^ +Culvert\.[A-Za-z0-9_.]+.*\[FAIL\]' "$1"; }
failed_methods() { failures "$1" | sed -E 's/^ +//; s/[( ].*//' | sort -u; }
unfinished() { # what was started and did not end
  comm -23 <(grep -aE '\[STARTING\]' "$1" | sed -E 's/^ +//; s/ \[STARTING\].*//' | sort -u) \
           <(grep -aE '\[FINISHED\]' "$1" | sed -E 's/^ +//; s/ \[FINISHED\].*//' | sort -u); }
explain() { grep -avE '\[(STARTING|FINISHED|OUTPUT)\]' "$1" | tail -n 150; }

if [ "$phase" = first ]; then
  log=$results/$name.log began=$SECONDS
  run "$log"
  line=$(printf '%-32s %5s passed %4s failed %4s skipped %5s s' "$name" "$p" "$f" "$s" "$((SECONDS - began))")
  {
    echo "$line"
    [ "$whole" = yes ] || { echo "  ended with exit code $code and no summary; not ended:"; unfinished "$log" | head -n 20 | sed 's/^/    /'; }
    [ "$f" -eq 0 ] || explain "$log"
    # Once each, with the reason.
    [ "$s" -eq 0 ] || grep -a -A 1 -F '[SKIP]' "$log" | grep -av '^--' | head -n 80
  } >"$results/$name.words"
  cat "$results/$name.words"
  echo "$p $f $s" >"$results/$name.count"
  if [ "$f" -gt 0 ]; then
    # More failures than names: the clean-up of a class or fixture failed, or a name was not understood.
    if [ "$whole" = no ] || [ "$(failures "$log" | wc -l)" -lt "$f" ]; then echo '*' >"$results/$name.again"
    elif [ "$(failed_methods "$log" | wc -l)" -le "$max_again" ]; then failed_methods "$log" >"$results/$name.again"; fi
  fi
  exit 0
fi

read -r p0 f0 s0 <"$results/$name.count"
mapfile -t methods <"$results/$name.again"
log=$results/$name.again.log
if [ "${methods[0]}" = '*' ]; then
  echo "once more, all of $name:"
  run "$log"
  if [ "$f" -eq 0 ]; then echo "$p $f $s" >"$results/$name.count"; { echo "$name as a whole, after:"; unfinished "$results/$name.log" | head -n 20 | sed 's/^/  /'; } >"$results/$name.second"; fi
else
  echo "once more, of $name: ${methods[*]}"
  arguments=(); for method in "${methods[@]}"; do arguments+=(-method "$method"); done
  run "$log" "${arguments[@]}"
  # As many at least as had failed: what was not run again is not better now.
  if [ "$t" -lt "$f0" ]; then f=$((f + 1)); echo "  only $t ran, and $f0 had failed"; fi
  if [ "$f" -eq 0 ]; then echo "$((p0 + f0)) 0 $s0" >"$results/$name.count"; printf '%s\n' "${methods[@]}" >"$results/$name.second"; fi
fi
if [ "$f" -eq 0 ]; then echo "  passed"; else echo "  failed again"; explain "$log"; fi
