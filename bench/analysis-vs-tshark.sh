#!/usr/bin/env bash
# Frames per second and core of the analysis beside tshark, on the same file in the same run. By processor time, so that other work on the machine does not count.
#   bench/analysis-vs-tshark.sh FILE [SECONDS]
set -eu
file=${1:?usage: bench/analysis-vs-tshark.sh CAPTURE [SECONDS]}
seconds=${2:-5}
root=$(cd "$(dirname "$0")/.." && pwd)
dotnet build "$root/bench/Culvert.Bench/Culvert.Bench.csproj" -c Release -v quiet -nologo >/dev/null
"$root/artifacts/bin/Culvert.Bench/release/Culvert.Bench" throughput "$file" "$seconds"
if ! command -v tshark >/dev/null; then
  echo "tshark is not installed: nothing to compare with"
  exit 0
fi
frames=$(capinfos -c -M -T -r "$file" 2>/dev/null | cut -f2) || frames=$(tshark -r "$file" 2>/dev/null | wc -l)
TIMEFORMAT='%U %S'
# -n: no name resolution; conversations and protocol tree, so that every frame is dissected; two passes are not asked for.
for run in 1 2 3; do
  cpu=$({ time tshark -n -q -r "$file" -z io,phs >/dev/null 2>&1; } 2>&1)
  echo "$cpu $frames" | awk '{printf "tshark run: %.0f frames/s and core (cpu %.2f s, with its start)\n", $3 / ($1 + $2), $1 + $2}'
done
