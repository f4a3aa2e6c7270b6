#!/bin/sh
# Measures Culvert's proxy (native AOT) beside Squid, tinyproxy and HAProxy in TCP mode with forced splice (the floor: it parses and polices nothing),
# one process each, in turns in one run, so that the ratios hold on a machine that others use too. Prints each figure as it comes, and the medians at the end.
#   bench/proxy-vs-peers.sh [SECONDS [ROUNDS]]        needs cc, clang, zlib1g-dev; peers that are not installed are left out by name
# As root all of it runs at a high priority (nice -20), so that other programs take less from either side.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-3}
rounds=${2:-3}
work=$(mktemp -d)
chmod 777 "$work"
pids=""
# Ends what this script started, by process id.
finish() { for p in $pids; do kill -9 "$p" 2> /dev/null || true; done; rm -rf "$work"; }
trap finish EXIT INT TERM
ulimit -n "$(ulimit -Hn)"
first=""
if [ "$(id -u)" = 0 ]; then first="nice -n -20"; fi

cc -O2 -pthread -o "$work/bench" bench/ProxyBench/proxy_bench.c
native=${CULVERT_PROXY:-}
if [ -z "$native" ]; then
  dotnet publish src/Proxy/ProxyHost/Culvert.ProxyHost.csproj -c Release -r linux-x64 -p:PublishAot=true -o "$work/aot" -v quiet -nologo > "$work/publish.log" 2>&1 || { cat "$work/publish.log"; exit 1; }
  native=$work/aot/culvert-proxy
fi

# A port that is free now; the programs here bind at once.
free_port() { "$work/bench" port; }
bench() { $first "$work/bench" "$@"; }
sink=$(free_port)
$first "$work/bench" sink "$sink" & pids="$pids $!"

# Prints a figure and keeps it for the medians.
say() { printf '%-10s %-14s %s\n' "$1" "$2" "$3"; echo "$1|$2|$3" >> "$work/figures"; }

# The process that does the work of a tree (some have a parent that only watches, or helpers): the largest.
worker() {
  for p in "$1" $(pgrep -P "$1" || true); do echo "$(awk '/VmRSS/ { print $2 }' "/proc/$p/status" 2> /dev/null) $p"; done | sort -n | tail -n 1 | cut -d' ' -f2
}
resident() { echo "$(awk '/VmRSS/ { print $2 }' "/proc/$1/status") kB"; }

start() { # NAME: starts its command and sets pid_NAME
  eval "command=\$command_$1 port=\$port_$1"
  $first $command > "$work/$1.log" 2>&1 &
  main=$!
  pids="$pids $main"
  took=$(bench first "$port" "$sink" 30) || { echo "$1 did not start"; tail -n 5 "$work/$1.log"; return 1; }
  say "$1" start "$took"
  eval "main_$1=$main pid_$1=$(worker "$main")"
  eval "pids=\"$pids \$pid_$1\""
}

stop() { eval "kill -9 \$main_$1 \$pid_$1" 2> /dev/null || true; sleep 0.5; }

names=""
add() { names="$names $1"; eval "port_$1=\$2"; shift 2; eval "command_${names##* }=\$*"; }

culvert_settings() { # FILE NAME PORT ALLOWED MORE
  cat > "$1" <<END
proxy: { name: $2 }
listen: [{ address: 127.0.0.1, port: $3 }]
allow: [$4]
sources: [127.0.0.1]
privateDestinations: [127.0.0.1]
limits: { tunnels: 20000, tunnelsPerSource: 20000, drainTimeout: 0s }
$5
END
}

port=$(free_port)
culvert_settings "$work/proxy.yaml" bench "$port" "'127.0.0.1:$sink'" ""
# The peers run without an access log, so ours is as quiet.
add culvert "$port" "$native" run --config "$work/proxy.yaml" --log-level Warning

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
  # '=' in front of the port: a plain relay.
  add haproxy "=$port" haproxy -db -f "$work/haproxy.cfg"
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
  add squid "$port" squid -N -n "bench$$" -f "$work/squid.conf"
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
  add tinyproxy "$port" tinyproxy -d -c "$work/tinyproxy.conf"
else
  echo "tinyproxy is not installed: left out"
fi

# Memory, each by itself: after one tunnel and a few seconds; then with idle tunnels.
running=""
for name in $names; do
  start "$name" || continue
  running="$running $name"
  eval "port=\$port_$name pid=\$pid_$name"
  sleep 3
  say "$name" "at rest" "$(resident "$pid")"
  say "$name" "idle 1000" "$(bench idle "$port" "$sink" "$pid" 1000 || true)"
done

# Speed, in turns.
for round in $(seq "$rounds"); do
  for tunnels in 1 100; do
    for direction in up down; do
      for name in $running; do
        eval "port=\$port_$name pid=\$pid_$name"
        say "$name" "bulk $tunnels $direction" "$(bench bulk "$port" "$sink" "$pid" "$direction" "$tunnels" "$seconds" || true)"
        sleep 0.5
      done
    done
  done
done
for round in $(seq $((rounds * 2))); do
  for name in $running; do
    eval "port=\$port_$name pid=\$pid_$name"
    say "$name" "rate 32" "$(bench rate "$port" "$sink" "$pid" 32 "$seconds" || true)"
    sleep 0.5
  done
done
sleep 3
for name in $running; do
  eval "pid=\$pid_$name"
  say "$name" "after that" "$(resident "$pid")"
  stop "$name"
done

# Anew, as what a run before left behind would hide what tunnels cost.
for name in $running; do
  start "$name" || continue
  eval "port=\$port_$name pid=\$pid_$name"
  sleep 2
  # Each of HAProxy's takes descriptors for pipes too.
  many=9900
  if [ "$name" = haproxy ]; then many=9800; fi
  say "$name" "idle 9900" "$(bench idle "$port" "$sink" "$pid" "$many" || true)"
  stop "$name"
done

# Hops: three proxies of ours, forwarded (each the parent of the one before) and nested (the client asks each for the next), beside one hop and none.
a=$(free_port); b=$(free_port); c=$(free_port); d=$(free_port)
culvert_settings "$work/c.yaml" hop-c "$c" "'127.0.0.1:$sink'" ""
culvert_settings "$work/b.yaml" hop-b "$b" "'127.0.0.1:$sink', '127.0.0.1:$c'" "parents: [{ name: hop-c, host: 127.0.0.1, port: $c }]"
culvert_settings "$work/a.yaml" hop-a "$a" "'127.0.0.1:$sink'" "parents: [{ name: hop-b, host: 127.0.0.1, port: $b }]"
culvert_settings "$work/d.yaml" hop-d "$d" "'127.0.0.1:$sink', '127.0.0.1:$c'" ""
culvert_settings "$work/n.yaml" hop-n "$(free_port)" "'127.0.0.1:$d'" ""
nested=$(sed -n 's/.*port: \([0-9]*\) }\]/\1/p' "$work/n.yaml")
for file in c b a d n; do
  $first "$native" run --config "$work/$file.yaml" --log-level Warning > "$work/hop-$file.log" 2>&1 & pids="$pids $!"
done
for hop in "$a $sink" "$d $sink" "$nested $d"; do bench first "${hop% *}" "${hop#* }" 30 > /dev/null; done
for round in $(seq "$rounds"); do
  say "no hop" "1 at a time" "$(bench hops "=0" "$sink" 1000)"
  say "1 hop" "1 at a time" "$(bench hops "$c" "$sink" 1000)"
  say "3 forwarded" "1 at a time" "$(bench hops "$a" "$sink" 1000)"
  say "3 nested" "1 at a time" "$(bench hops "$nested" "$d,$c,$sink" 1000)"
done

echo
echo "medians:"
awk -F'|' '
  { key = $1 "|" $2; if (!(key in count)) order[++keys] = key; count[key]++; text[key, count[key]] = $3 }
  END {
    for (k = 1; k <= keys; k++) {
      key = order[k]; n = count[key]; split(key, head, "|"); parts = split(text[key, 1], words, " "); line = ""
      for (w = 1; w <= parts; w++) {
        bare = words[w]; gsub(/[(),]/, "", bare)
        if (bare ~ /^-?[0-9.]+$/) {
          for (i = 1; i <= n; i++) { split(text[key, i], those, " "); gsub(/[(),]/, "", those[w]); value[i] = those[w] + 0 }
          for (i = 2; i <= n; i++) for (j = i; j > 1 && value[j - 1] > value[j]; j--) { t = value[j]; value[j] = value[j - 1]; value[j - 1] = t }
          median = n % 2 ? value[(n + 1) / 2] : (value[n / 2] + value[n / 2 + 1]) / 2
          digits = index(bare, ".") ? length(bare) - index(bare, ".") : 0
          sub(/-?[0-9.]+/, sprintf("%." digits "f", median), words[w])
        }
        line = line " " words[w]
      }
      printf "%-11s %-14s%s\n", head[1], head[2], line
    }
  }' "$work/figures"
