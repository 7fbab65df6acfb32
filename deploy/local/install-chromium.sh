#!/bin/sh
# Installs Chromium, in which the console's page is tested as a person would use it.
# Needs Debian or a derivative, and root; does nothing where one is installed.
set -eu
. "$(dirname "$0")/apt.sh"

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

apt_install "The console's page is tested in a real browser." chromium
