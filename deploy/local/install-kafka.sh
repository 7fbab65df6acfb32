#!/bin/sh
# Puts in place what the local broker runs on: Java 17 or newer, and Maven to fetch the broker's jars.
# Does nothing where both are there. On Debian and its kin, as root, installs the distribution's packages.
set -eu

java_version() { # the major version, or 0
    java -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p' | grep . || echo 0
}

missing=""
if ! command -v java >/dev/null 2>&1 || [ "$(java_version)" -lt 17 ]; then missing="openjdk-17-jre-headless"; fi
if ! command -v mvn >/dev/null 2>&1; then missing="$missing maven"; fi
[ -n "$missing" ] || exit 0

fail() {
    echo "install-kafka.sh: $1" >&2
    echo "  The local Kafka needs Java 17 or newer and Maven. Missing here: $missing" >&2
    exit 2
}
command -v apt-get >/dev/null 2>&1 || fail "this is no Debian: install them with your system's package manager"
[ "$(id -u)" -eq 0 ] || fail "not root: run 'sudo apt-get install $missing', or this script as root"

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || fail "apt-get update failed: is the network there?"
# shellcheck disable=SC2086  # two words, two packages
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get install failed"
fi
[ "$(java_version)" -ge 17 ] || fail "the 'java' in PATH is still version $(java_version)"
