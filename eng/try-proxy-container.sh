#!/usr/bin/env bash
# Runs the proxy as deploy/container/Containerfile lays it out, where no container engine is to be had: a root with nothing but the native file, the C library and OpenSSL,
# read-only, without shell, as user and group 64198, without capabilities; and proves that it works so: check, tunnel, TLS listener, SIGTERM.
#   eng/try-proxy-container.sh       needs root, openssl, curl, unshare and nsenter (util-linux); publishes the native file, or takes that of CULVERT_PROXY
# Exit status 0: all held; 1: something did not; 77: this machine cannot do it, and why.
set -u
cd "$(dirname "$0")/.."

cannot() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || cannot "only root can make the namespaces of a container by hand"
for program in openssl curl unshare nsenter ip ldd; do command -v "$program" > /dev/null || cannot "$program is not installed"; done

work=$(mktemp -d)
chmod 755 "$work"
pid=""
# Ends what this script started; what is in the namespace ends with it.
finish() { [ -z "$pid" ] || kill -9 "$pid" 2> /dev/null; wait 2> /dev/null; rm -rf "$work"; }
trap finish EXIT INT TERM
if [ -n "${CULVERT_PROXY:-}" ]; then
  cp "$CULVERT_PROXY" "$work/culvert-proxy"
else
  command -v clang > /dev/null || cannot "clang is not installed, which the native file is linked with"
  dotnet publish src/Proxy/ProxyHost/Culvert.ProxyHost.csproj -c Release -r linux-x64 -p:PublishAot=true -p:ArtifactsPath="$PWD/artifacts/native" -o "$work/aot" -v quiet -nologo > "$work/publish.log" 2>&1 || { cat "$work/publish.log"; exit 1; }
  cp "$work/aot/culvert-proxy" "$work/culvert-proxy"
fi

# The words of the Containerfile, so that what is tried is what is shipped.
file=deploy/container/Containerfile
target=$(awk '$1 == "COPY" && $2 == "--from=build" { print $4 }' "$file")
user=$(awk '$1 == "USER" { print $2 }' "$file")
[ "$user" = 64198:64198 ] || { echo "NOT OK: the Containerfile's user is $user"; exit 1; }

root=$work/root
mkdir -p "$root/etc/culvert" "$root/proc" "$root/lib64"
install -D -m 755 "$work/culvert-proxy" "$root$target"
# As the chiseled image has them: the C library, and OpenSSL, which the runtime loads when TLS is used.
libraries=$(ldd "$root$target" | grep -o '/[^ ]*'; for name in libssl.so.3 libcrypto.so.3; do ldconfig -p | awk -v n="$name" '$1 == n { print $NF; exit }'; done)
for library in $libraries; do install -D -m 755 "$(readlink -f "$library")" "$root$library"; done
for library in $(for l in $libraries; do ldd "$l" 2> /dev/null | grep -o '/[^ ]*'; done); do [ -e "$root$library" ] || install -D -m 755 "$(readlink -f "$library")" "$root$library"; done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key" -out "$work/certificate" -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 2 2> /dev/null
install -m 644 "$work/certificate" "$root/etc/culvert/server.pem"
# As Kubernetes mounts a Secret for a pod with fsGroup: root's, and readable by the group.
install -m 640 -g 64198 "$work/key" "$root/etc/culvert/server.key"
cat > "$root/etc/culvert/proxy.yaml" <<'END'
proxy: { name: container-trial }
listen:
  - { address: 127.0.0.1, port: 3128 }
  - { address: 127.0.0.1, port: 3130, scheme: https, certificate: { certificateFile: /etc/culvert/server.pem, keyFile: /etc/culvert/server.key } }
health: { address: 127.0.0.1, port: 3129 }
allow: ["127.0.0.1:3129"]
sources: [127.0.0.0/8]
privateDestinations: [127.0.0.1]
limits: { drainTimeout: 2s }
END

failed=0
expect() { if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "NOT OK: $1: $2 instead of $3"; failed=1; fi; }
# A network of its own, so that the ports of the settings are free; curl asks from within it.
unshare --net --mount --pid --fork --kill-child --propagation private bash -c '
  ip link set lo up
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount -o remount,bind,ro "$1"
  exec chroot --userspec=64198:64198 --groups= "$1" "${@:2}"' trial "$root" "$target" run --config /etc/culvert/proxy.yaml > "$work/out" 2> "$work/log" &
pid=$!
for _ in $(seq 300); do grep -q '^health ' "$work/out" && break; kill -0 "$pid" 2> /dev/null || break; sleep 0.1; done
proxy=$(pgrep -P "$pid" | head -n 1)
expect "it starts" "$(grep -c '^health ' "$work/out")" 1
[ "$failed" = 0 ] || { cat "$work/log"; exit 1; }
in_network() { nsenter --net="/proc/$proxy/ns/net" "$@"; }
status() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$proxy/status"; }
expect "a tunnel carries a request and its answer" "$(in_network curl -s -m 30 -o /dev/null -w '%{http_connect} %{http_code}' --proxytunnel -x http://127.0.0.1:3128 http://127.0.0.1:3129/healthz)" "200 200"
expect "and through TLS to the proxy" "$(in_network curl -s -m 30 -o /dev/null -w '%{http_connect} %{http_code}' --proxytunnel --proxy-cacert "$work/certificate" -x https://localhost:3130 http://127.0.0.1:3129/healthz)" "200 200"
expect "what is not on the list is refused" "$(in_network curl -s -m 30 -o /dev/null -w '%{http_connect}' --proxytunnel -x http://127.0.0.1:3128 http://127.0.0.1:3131/)" 403
expect "it is user 64198" "$(status Uid)" 64198
expect "it has no capability in effect" "$(status CapEff)" 0000000000000000
expect "its root is read-only" "$(awk '$5 == "/" { split($6, o, ","); print o[1] }' "/proc/$proxy/mountinfo" | tail -n 1)" ro
kill -TERM "$proxy"
wait "$pid"
expect "SIGTERM drains and ends it" "$? $(grep -c '"event":"Drained"' "$work/log")" "0 1"
pid=""
[ "$failed" = 0 ] || cat "$work/log"
exit "$failed"
