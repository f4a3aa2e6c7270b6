#!/usr/bin/env bash
# Starts deploy/systemd/culvert-proxy.service under a real systemd, in namespaces of its own over a throw-away layer of this machine's root, with all the unit's
# directives in force, and proves that the program works so: tunnel, reload, refused reload, drain, and no more rights than the unit says.
#   eng/try-proxy-unit.sh            needs root, systemd, script (bsdutils), openssl, overlayfs; publishes the native file, or takes that of CULVERT_PROXY
# Exit status 0: all held; 1: something did not; 77: this machine cannot do it, and why.
set -u
cd "$(dirname "$0")/.."

if [ "${1:-}" = inside ]; then
  # In the new namespaces; process 1 of them becomes systemd.
  set -e
  work=$2
  mount -t tmpfs tmpfs "$work/layer"
  mkdir "$work/layer/up" "$work/layer/work" "$work/layer/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/layer/up,workdir=$work/layer/work" "$work/layer/root"
  root=$work/layer/root
  echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
  : > "$root/etc/fstab"
  grep -q '^culvert:' "$root/etc/group" || echo 'culvert:x:64198:' >> "$root/etc/group"
  mount -t proc proc "$root/proc"
  # What is not of a namespace stays as it is: this systemd must set nothing of the machine's.
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for device in null zero full random urandom tty; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
  touch "$root/dev/console"
  mount --bind "$(tty)" "$root/dev/console"
  mkdir "$root/dev/shm" "$root/dev/pts"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  # Nothing but the proxy and the journal starts, whatever this machine has enabled.
  for folder in /lib/systemd/system /usr/lib/systemd/system /etc/systemd/system; do
    for target in sysinit basic local-fs sockets timers paths multi-user; do
      [ -d "$root$folder/$target.target.wants" ] && mount -t tmpfs -o ro tmpfs "$root$folder/$target.target.wants"
    done
  done
  install -D -m 755 "$work/culvert-proxy" "$root/usr/lib/culvert/culvert-proxy"
  # As the head of the unit says.
  install -d -m 0750 -g 64198 "$root/etc/culvert"
  install -m 0640 -g 64198 "$work/proxy.yaml" "$root/etc/culvert/proxy.yaml"
  install -m 0644 "$work/server.pem" "$root/etc/culvert/server.pem"
  install -m 0640 -g 64198 "$work/server.key" "$root/etc/culvert/server.key"
  cp deploy/systemd/culvert-proxy.service "$root/etc/systemd/system/"
  install -m 755 "$0" "$root/usr/lib/culvert/trial"
  mkdir "$root/run/trial"
  mount --bind "$work/result" "$root/run/trial"
  cat > "$root/etc/systemd/system/trial.target" <<'END'
[Unit]
Description=Trial of culvert-proxy.service
Requires=basic.target trial.service
Wants=systemd-journald.socket systemd-journald.service
END
  cat > "$root/etc/systemd/system/trial.service" <<'END'
[Unit]
Description=Judges culvert-proxy.service
After=systemd-journald.service
[Service]
Type=oneshot
ExecStart=/bin/bash /usr/lib/culvert/trial judge
END
  ip link set lo up
  # A root of its own, not a chroot: systemd builds the service's own view of files from "/".
  cd "$root"
  pivot_root . mnt
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c 'umount -l /mnt && exec /lib/systemd/systemd --system --unit=trial.target --log-target=console --show-status=0'
fi

if [ "${1:-}" = judge ]; then
  # Beside the proxy, under that systemd.
  exec > /run/trial/log 2>&1
  failed=0
  expect() { # WHAT IS WANTED
    if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "NOT OK: $1: $2 instead of $3"; failed=1; fi
  }
  # The status of a GET through a tunnel that the proxy opens to its own health endpoint: no other program is needed.
  through_tunnel() {
    exec 3<> /dev/tcp/127.0.0.1/3128 || return 1
    printf 'CONNECT 127.0.0.1:3129 HTTP/1.1\r\nHost: 127.0.0.1:3129\r\n\r\n' >&3
    read -r -t 20 _ opened _ <&3
    while read -r -t 20 line <&3 && [ "$line" != $'\r' ]; do :; done
    [ "$opened" = 200 ] || { echo "$opened"; exec 3>&-; return; }
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:3129\r\nConnection: close\r\n\r\n' "$1" >&3
    read -r -t 20 _ status _ <&3
    exec 3>&-
    echo "$status"
  }
  # Journal lines come a little after what they tell of.
  journal_has() {
    for _ in $(seq 100); do journalctl -u culvert-proxy --no-pager 2> /dev/null | grep -q -- "$1" && { echo yes; return; }; sleep 0.1; done
    echo no
  }
  in_status() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$pid/status"; }

  systemctl start culvert-proxy
  expect "it starts" "$(systemctl is-active culvert-proxy)" active
  pid=$(systemctl show -P MainPID culvert-proxy)
  for _ in $(seq 100); do [ "$(through_tunnel /healthz 2> /dev/null)" = 200 ] && break; sleep 0.1; done
  expect "a tunnel carries a request and its answer" "$(through_tunnel /healthz)" 200
  expect "what is not on the list is refused" "$(exec 3<> /dev/tcp/127.0.0.1/3128; printf 'CONNECT 127.0.0.1:3130 HTTP/1.1\r\nHost: 127.0.0.1:3130\r\n\r\n' >&3; read -r -t 20 _ s _ <&3; echo "$s")" 403
  expect "it reads a key of root and its group" "$( (exec 3<> /dev/tcp/127.0.0.1/3130) 2> /dev/null && echo yes)" yes
  expect "it is not root" "$([ "$(in_status Uid)" != 0 ] && echo yes)" yes
  expect "it has no capability" "$(in_status CapEff)$(in_status CapPrm)$(in_status CapBnd)" 000000000000000000000000000000000000000000000000
  expect "it can gain none" "$(in_status NoNewPrivs)" 1
  expect "its system calls are filtered" "$(in_status Seccomp)" 2
  expect "it sees no disk of the machine to write to" "$(awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo" | cut -d, -f1 | sort -u)" ro
  expect "splice is what moves the bytes" "$(grep -c culvert-loop /proc/"$pid"/task/*/comm | awk -F: '{ n += $2 } END { print (n > 0) }')" 1
  systemctl reload culvert-proxy
  expect "it takes new settings" "$(journal_has '"event":"Reloaded"')" yes
  sed -i 's/^sources:.*/sources: [everybody]/' /etc/culvert/proxy.yaml
  systemctl reload culvert-proxy
  expect "it refuses bad ones" "$(journal_has '"event":"ReloadRefused"')" yes
  expect "and goes on with the old" "$(through_tunnel /healthz)" 200
  systemctl stop culvert-proxy
  expect "it drains" "$(journal_has '"event":"Drained"')" yes
  expect "it ends well" "$(systemctl show -P Result culvert-proxy) $(systemctl show -P ExecMainStatus culvert-proxy)" "success 0"
  systemctl start culvert-proxy
  expect "bad settings do not start" "$(systemctl is-active culvert-proxy | head -n 1 | grep -c '^active')" 0
  [ "$failed" = 0 ] || { systemctl status --no-pager culvert-proxy systemd-journald; journalctl --no-pager | tail -n 40; }
  echo "$failed" > /run/trial/failed
  exit 0
fi

cannot() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || cannot "only root can start a systemd in namespaces"
[ -x /lib/systemd/systemd ] || cannot "systemd is not installed"
command -v openssl > /dev/null || cannot "openssl is not installed"
command -v script > /dev/null || cannot "script (bsdutils) is not installed"
grep -qw overlay /proc/filesystems || cannot "the kernel has no overlayfs"
grep -qw cgroup2 /proc/filesystems || cannot "the kernel has no cgroup2"

work=$(mktemp -d)
pid=""
# Ends what this script started; the namespaces, and all that is in them, end with it.
finish() { [ -z "$pid" ] || kill -9 "$pid" 2> /dev/null; wait 2> /dev/null; rm -rf "$work"; }
trap finish EXIT INT TERM
mkdir "$work/layer" "$work/result"
if [ -n "${CULVERT_PROXY:-}" ]; then
  cp "$CULVERT_PROXY" "$work/culvert-proxy"
else
  command -v clang > /dev/null || cannot "clang is not installed, which the native file is linked with"
  dotnet publish src/Proxy/ProxyHost/Culvert.ProxyHost.csproj -c Release -r linux-x64 -p:PublishAot=true -p:ArtifactsPath="$PWD/artifacts/native" -o "$work/aot" -v quiet -nologo > "$work/publish.log" 2>&1 || { cat "$work/publish.log"; exit 1; }
  cp "$work/aot/culvert-proxy" "$work/culvert-proxy"
fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/server.key" -out "$work/server.pem" -subj /CN=unit-trial -days 2 2> /dev/null
cat > "$work/proxy.yaml" <<'END'
proxy: { name: unit-trial }
listen:
  - { address: 127.0.0.1, port: 3128 }
  - { address: 127.0.0.1, port: 3130, scheme: https, certificate: { certificateFile: /etc/culvert/server.pem, keyFile: /etc/culvert/server.key } }
health: { address: 127.0.0.1, port: 3129 }
allow: ["127.0.0.1:3129"]
sources: [127.0.0.0/8]
privateDestinations: [127.0.0.1]
limits: { drainTimeout: 2s }
END

# --kill-child: when this end is killed, process 1 of the namespaces is, and so is everything in them.
setsid script -qefc "exec unshare --mount --pid --cgroup --net --uts --ipc --fork --kill-child --propagation private bash '$PWD/eng/try-proxy-unit.sh' inside '$work'" "$work/console" < /dev/null > /dev/null 2>&1 &
pid=$!
for _ in $(seq 900); do
  [ -s "$work/result/failed" ] && break
  kill -0 "$pid" 2> /dev/null || break
  sleep 0.1
done
cat "$work/result/log" 2> /dev/null; [ -z "${SHOW_CONSOLE:-}" ] || cat "$work/console"
if [ ! -s "$work/result/failed" ]; then
  echo "systemd did not come so far:"
  tail -n 40 "$work/console"
  exit 1
fi
exit "$(cat "$work/result/failed")"
