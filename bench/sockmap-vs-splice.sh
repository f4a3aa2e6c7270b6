#!/bin/sh
# Shows what relaying by sockmap (eBPF) would give against splice(2), in turns on the same machine: speed, processor time of all who take part, bytes lost at a
# half-close, and what a destination that never reads costs. docs/decisions/sockmap.md says what follows from it.
#   bench/sockmap-vs-splice.sh [ROUNDS]      needs root (CAP_BPF, CAP_NET_ADMIN), a kernel with BPF_STREAM_PARSER, cc, clang, zlib1g-dev
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-3}
work=$(mktemp -d)
pids=""
# Ends what this script started, by process id.
finish() { for p in $pids; do kill -9 "$p" 2> /dev/null || true; done; rm -rf "$work"; }
trap finish EXIT INT TERM

cc -O2 -pthread -o "$work/bench" bench/ProxyBench/proxy_bench.c
cc -O2 -pthread -o "$work/trial" bench/SockmapTrial/sockmap_trial.c
native=${CULVERT_PROXY:-}
if [ -z "$native" ]; then
  dotnet publish src/Proxy/ProxyHost/Culvert.ProxyHost.csproj -c Release -r linux-x64 -p:PublishAot=true -o "$work/aot" -v quiet -nologo > "$work/publish.log" 2>&1 || { cat "$work/publish.log"; exit 1; }
  native=$work/aot/culvert-proxy
fi

free_port() { "$work/bench" port; }
sink=$(free_port)
"$work/trial" sink "$sink" & sink_pid=$!; pids="$pids $sink_pid"
now=$(free_port)
"$work/trial" relay "$now" "$sink" now & now_pid=$!; pids="$pids $now_pid"
wait=$(free_port)
"$work/trial" relay "$wait" "$sink" wait & wait_pid=$!; pids="$pids $wait_pid"
splice=$(free_port)
stalled=$(free_port)
cat > "$work/proxy.yaml" <<END
proxy: { name: bench }
listen: [{ address: 127.0.0.1, port: $splice }]
allow: ["127.0.0.1:$sink", "127.0.0.1:$stalled"]
sources: [127.0.0.1]
privateDestinations: [127.0.0.1]
END
"$native" run --config "$work/proxy.yaml" --log-level Error > /dev/null & splice_pid=$!; pids="$pids $splice_pid"
sleep 1

for round in $(seq "$rounds"); do
  for tunnels in 1 100; do
    each=$((4000000000 / tunnels))
    printf 'round %s, %3s tunnels, splice                  ' "$round" "$tunnels"; timeout 120 "$work/trial" send "$splice" "$sink" "$sink_pid,$splice_pid" "$each" "$tunnels" || true
    printf 'round %s, %3s tunnels, sockmap, FIN waits      ' "$round" "$tunnels"; timeout 120 "$work/trial" send "$wait" "$sink" "$sink_pid,$wait_pid" "$each" "$tunnels" || true
    printf 'round %s, %3s tunnels, sockmap, FIN at once    ' "$round" "$tunnels"; timeout 120 "$work/trial" send "$now" "$sink" "$sink_pid,$now_pid" "$each" "$tunnels" || true
  done
done

printf 'never reads, splice     '; timeout 120 "$work/trial" stall "$splice" "$stalled" 2000000000 || true
never=$(free_port)
relay=$(free_port)
"$work/trial" relay "$relay" "$never" wait & pids="$pids $!"
sleep 1
printf 'never reads, sockmap    '; timeout 120 "$work/trial" stall "$relay" "$never" 2000000000 || true
