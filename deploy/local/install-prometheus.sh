#!/bin/sh
# Puts in place Prometheus and Alertmanager with promtool and amtool, for tests and for trying badbuzz out.
# Does nothing where they are there. On Debian and its kin, as root, installs the distribution's packages.
set -eu

missing=""
if ! command -v prometheus >/dev/null 2>&1 || ! command -v promtool >/dev/null 2>&1; then missing="prometheus"; fi
if ! command -v prometheus-alertmanager >/dev/null 2>&1 && ! command -v alertmanager >/dev/null 2>&1 ||
    ! command -v amtool >/dev/null 2>&1; then
    missing="$missing prometheus-alertmanager"
fi
[ -n "$missing" ] || exit 0

fail() {
    echo "install-prometheus.sh: $1" >&2
    echo "  Missing here: $missing" >&2
    exit 2
}
command -v apt-get >/dev/null 2>&1 || fail "this is no Debian: install them with your system's package manager"
[ "$(id -u)" -eq 0 ] || fail "not root: run 'sudo apt-get install $missing', or this script as root"

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || fail "apt-get update failed: is the network there?"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The services that the packages bring are not wanted: what badbuzz starts, it starts itself and stops again.
# shellcheck disable=SC2086  # two words, two packages
if ! RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get install failed"
fi
