#!/usr/bin/env bash
# Installs the real peers that tests use, where that is possible: root on Debian. Says what it did; never fails the run.
set -u
packages=(squid-openssl haproxy tinyproxy dante-server chromium nftables iproute2 iptables ipset tshark curl openssl bird2 strongswan-charon charon-systemd strongswan-swanctl libcharon-extra-plugins libstrongswan-standard-plugins faketime krb5-kdc krb5-admin-server krb5-user python3-prometheus-client systemd)
npm_packages=tests/Interop.Node

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  missing=()
  for package in "${packages[@]}"; do dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package"); done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "installing for the tests: ${missing[*]}"
    # Debian's Kerberos configuration would else name a realm of the outside world.
    [ -e /etc/krb5.conf ] || { command -v debconf-set-selections >/dev/null && echo 'krb5-config krb5-config/default_realm string PLANT.INVALID' | debconf-set-selections; }
    log=$(mktemp)
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 \
      || { echo "not all could be installed; tests that need them are skipped by name"; tail -n 3 "$log"; }
    rm -f "$log"
  fi
else
  echo "not root on Debian: nothing is installed; tests whose peers are missing are skipped by name"
fi

if [ -f "$npm_packages/package.json" ]; then
  if command -v npm >/dev/null; then
    (cd "$npm_packages" && npm ci --ignore-scripts --no-audit --no-fund --silent >/dev/null 2>&1) \
      || echo "npm could not install $npm_packages; tests with the official Azure clients are skipped by name"
  else
    echo "npm is missing; tests with the official Azure clients are skipped by name"
  fi
fi
exit 0
