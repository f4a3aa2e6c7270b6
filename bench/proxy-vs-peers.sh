#!/bin/sh
# Measures Culvert's proxy (native AOT) beside Squid, tinyproxy and HAProxy in TCP mode with forced splice (the floor: it parses and polices nothing),
# one process each, all in one run, so that the ratios hold on a machine that others use too.
#   bench/proxy-vs-peers.sh [SECONDS]        needs cc, clang, zlib1g-dev; peers that are not installed are left out by name
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-4}
work=$(mktemp -d)
chmod 755 "$work"
pids=""
# Ends what this script started, by process id.
finish() { for p in $pids; do kill -9 "$p" 2> /dev/null || true; done; rm -rf "$work"; }
trap finish EXIT INT TERM
ulimit -n "$(ulimit -Hn)"

cc -O2 -pthread -o "$work/bench" bench/ProxyBench/proxy_bench.c
native=${CULVERT_PROXY:-}
if [ -z "$native" ]; then
  dotnet publish src/Proxy/ProxyHost/Culvert.ProxyHost.csproj -c Release -r linux-x64 -p:PublishAot=true -o "$work/aot" -v quiet -nologo > "$work/publish.log" 2>&1 || { cat "$work/publish.log"; exit 1; }
  native=$work/aot/culvert-proxy
fi

# A port that is free now; the programs here bind at once.
free_port() { "$work/bench" port; }
sink=$(free_port)
"$work/bench" sink "$sink" & pids="$pids $!"

# The process that does the work of a tree (some have a parent that only watches, or helpers): the largest.
worker() {
  for p in "$1" $(pgrep -P "$1" || true); do echo "$(awk '/VmRSS/ { print $2 }' "/proc/$p/status" 2> /dev/null) $p"; done | sort -n | tail -n 1 | cut -d' ' -f2
}

start() { # NAME PORT COMMAND...: starts it, and sets pid
  name=$1; port=$2; shift 2
  "$@" > "$work/$name.log" 2>&1 &
  main=$!
  pids="$pids $main"
  printf '%-10s first tunnel         ' "$name"
  "$work/bench" first "$port" "$sink" 30 || { tail -n 5 "$work/$name.log"; return 1; }
  pid=$(worker "$main")
  pids="$pids $pid"
}

stop() { kill -9 "$main" "$pid" 2> /dev/null || true; sleep 1; }

measure() { # NAME PORT COMMAND...   (PORT with '=' in front: a plain relay)
  start "$@" || return 0
  printf '%-10s at rest              %s kB\n' "$name" "$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")"
  printf '%-10s idle 1000            ' "$name"; "$work/bench" idle "$port" "$sink" "$pid" 1000 || true
  for tunnels in 1 100; do
    for direction in up down; do
      printf '%-10s bulk %-4s %-4s       ' "$name" "$tunnels" "$direction"; "$work/bench" bulk "$port" "$sink" "$pid" "$direction" "$tunnels" "$seconds" || true
      sleep 1
    done
  done
  printf '%-10s rate 32              ' "$name"; "$work/bench" rate "$port" "$sink" "$pid" 32 "$seconds" || true
  printf '%-10s at rest after that   %s kB\n' "$name" "$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")"
  stop
  # Anew, as what a run before left behind would hide what tunnels cost.
  start "$@" || return 0
  printf '%-10s idle %-4s            ' "$name" "${IDLE:-9900}"; "$work/bench" idle "$port" "$sink" "$pid" "${IDLE:-9900}" || true
  stop
}

port=$(free_port)
cat > "$work/proxy.yaml" <<END
proxy: { name: bench }
listen: [{ address: 127.0.0.1, port: $port }]
allow: ["127.0.0.1:$sink"]
sources: [127.0.0.1]
privateDestinations: [127.0.0.1]
limits: { tunnels: 20000, tunnelsPerSource: 20000, drainTimeout: 0s }
END
# The peers run without an access log, so ours is as quiet.
measure culvert "$port" "$native" run --config "$work/proxy.yaml" --log-level Warning

if command -v haproxy > /dev/null; then
  port=$(free_port)
  cat > "$work/haproxy.cfg" <<END
global
  maxconn 9850
  maxpipes 60
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  option splice-request
  option splice-response
listen bench
  bind 127.0.0.1:$port
  server sink 127.0.0.1:$sink
END
  IDLE=9800 measure haproxy "=$port" haproxy -db -f "$work/haproxy.cfg"
else
  echo "haproxy is not installed: left out"
fi

if command -v squid > /dev/null; then
  port=$(free_port)
  cat > "$work/squid.conf" <<END
http_port 127.0.0.1:$port
acl bench port $sink
http_access allow CONNECT bench
http_access deny all
access_log none
cache_log $work/squid-cache.log
cache deny all
pid_filename none
coredump_dir $work
shutdown_lifetime 0 seconds
max_filedescriptors $(ulimit -n)
END
  chmod 777 "$work"
  measure squid "$port" squid -N -n "bench$$" -f "$work/squid.conf"
else
  echo "squid is not installed: left out"
fi

if command -v tinyproxy > /dev/null; then
  port=$(free_port)
  cat > "$work/tinyproxy.conf" <<END
Port $port
Listen 127.0.0.1
Timeout 3600
MaxClients 9950
ConnectPort $sink
LogLevel Critical
LogFile "$work/tinyproxy-own.log"
END
  measure tinyproxy "$port" tinyproxy -d -c "$work/tinyproxy.conf"
else
  echo "tinyproxy is not installed: left out"
fi
