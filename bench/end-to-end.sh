#!/bin/sh
# How many records a second go from a capture through analysis, outbox, uplink and TLS into the portal's database, direct and through two proxies.
#   bench/end-to-end.sh [STATIONS [ROUNDS]]
# Everything runs on this machine and shares its cores. Prints one line a way.
set -eu
stations=${1:-2500} rounds=${2:-42}
root=$(cd "$(dirname "$0")/.." && pwd -P)
bin=$root/artifacts/bin
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
for part in Portal/PortalHost/Culvert.PortalHost Proxy/ProxyHost/Culvert.ProxyHost Sensor/SensorHost/Culvert.SensorHost; do
  [ -n "${SKIP_BUILD:-}" ] || dotnet build "$root/src/$part.csproj" -c Release -v quiet -nologo -clp:NoSummary >&2
done
portal=$bin/Culvert.PortalHost/release/culvert-portal
proxy=$bin/Culvert.ProxyHost/release/culvert-proxy
sensor=$bin/Culvert.SensorHost/release/culvert-sensor

work=$(mktemp -d)
started=
stop() { for pid in $started; do kill "$pid" 2>/dev/null || true; done; rm -rf "$work"; }
trap stop EXIT INT TERM
# wait_for FILE WORD: the rest of the first line that begins with the word
wait_for() {
  tries=0
  until grep -q "^$2 " "$1" 2>/dev/null; do
    tries=$((tries + 1)); [ $tries -lt 600 ] || { echo "no '$2' in $1" >&2; exit 1; }
    sleep 0.1
  done
  sed -n "s/^$2 //p" "$1" | head -n 1
}

dotnet run "$root/bench/make-busy-capture.cs" -- "$work/busy.pcap" "$stations" "$rounds" >&2
"$portal" run --data "$work/portal" --listen 127.0.0.1:0 --host-name portal.culvert.test >"$work/portal.out" 2>"$work/portal.log" & started="$started $!"
cloud=$(wait_for "$work/portal.out" listening); cloud=${cloud#https://}
start_proxy() { # NAME ALLOW
  printf 'proxy: { name: %s }\nlisten:\n  - { address: 127.0.0.1, port: 0 }\nallow: ["%s"]\nsources: [127.0.0.1/32]\nhosts: { portal.culvert.test: [127.0.0.1] }\nprivateDestinations: [127.0.0.1/32]\n' "$1" "$2" >"$work/$1.yaml"
  "$proxy" run --config "$work/$1.yaml" >"$work/$1.out" 2>"$work/$1.log" & started="$started $!"
}
start_proxy dmz-proxy "$cloud"; dmz=$(wait_for "$work/dmz-proxy.out" listening); dmz=${dmz##*:}
start_proxy plant-proxy "127.0.0.1:$dmz"; plant=$(wait_for "$work/plant-proxy.out" listening); plant=${plant##*:}

measure() { # NAME HOPS
  printf 'routes:\n  - name: %s\n    hops: [%s]\nbandwidthKbps: 0\nhosts: { portal.culvert.test: [127.0.0.1] }\nsources:\n  - { capture: "%s", zone: hall, speed: 0 }\n' "$1" "$2" "$work/busy.pcap" >"$work/$1.yaml"
  "$portal" onboard --data "$work/portal" --sensor "$1" --site Plant --zone hall --address "$cloud" --out "$work/$1.activation" >&2
  "$sensor" activate --data "$work/$1" --activation "$work/$1.activation" --settings "$work/$1.yaml" >&2 2>"$work/$1.log"
  begin=$(date +%s%N)
  "$sensor" run --data "$work/$1" --settings "$work/$1.yaml" --exit-when-delivered >"$work/$1.out" 2>>"$work/$1.log"
  end=$(date +%s%N)
  records=$(sed -n 's/^delivered \([0-9]*\) records$/\1/p' "$work/$1.out")
  awk -v n="$records" -v t="$(((end - begin) / 1000000))" -v way="$1" 'BEGIN { printf "%-7s %d records in %.1f s, start and stop of the sensor included: %d records/s\n", way, n, t / 1000, n * 1000 / t }'
}
measure direct ""
measure chain "{ name: plant-proxy, host: 127.0.0.1, port: $plant }, { name: dmz-proxy, host: 127.0.0.1, port: $dmz }"
