#!/bin/sh
# Installs Prometheus and Alertmanager with promtool and amtool, for tests and for trying badbuzz out.
# Needs Debian or a derivative, and root; does nothing where they are installed.
set -eu
. "$(dirname "$0")/apt.sh"

set --
if ! command -v prometheus >/dev/null 2>&1 || ! command -v promtool >/dev/null 2>&1; then set -- prometheus; fi
if ! command -v prometheus-alertmanager >/dev/null 2>&1 && ! command -v alertmanager >/dev/null 2>&1 ||
    ! command -v amtool >/dev/null 2>&1; then
    set -- "$@" prometheus-alertmanager
fi
[ $# -gt 0 ] || exit 0

apt_install "Alerts are tried out with Prometheus, promtool, Alertmanager and amtool." "$@"
