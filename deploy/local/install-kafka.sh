#!/bin/sh
# Installs the requirements of the local broker: Java 17 or newer, and Maven to fetch the broker's jars.
# Needs Debian or a derivative, and root; does nothing where both are installed.
set -eu
. "$(dirname "$0")/apt.sh"

java_version() { # the major version, or 0
    java -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p' | grep . || echo 0
}

set --
if ! command -v java >/dev/null 2>&1 || [ "$(java_version)" -lt 17 ]; then set -- openjdk-17-jre-headless; fi
if ! command -v mvn >/dev/null 2>&1; then set -- "$@" maven; fi
[ $# -gt 0 ] || exit 0

apt_install "The local Kafka needs Java 17 or newer and Maven." "$@"
[ "$(java_version)" -ge 17 ] || fail "the 'java' in PATH is still version $(java_version)"
