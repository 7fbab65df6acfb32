# Sourced by the install-*.sh beside it: installs Debian packages, or says why it cannot and what is missing.

fail() { # what is wrong
    printf '%s: %s\n  %s\n' "${0##*/}" "$1" "$needed" >&2
    exit 2
}

apt_install() { # what needs them, and packages
    needed="$1 Missing here:"
    shift
    needed="$needed $*"
    command -v apt-get >/dev/null 2>&1 || fail "this is no Debian: install them with your system's package manager"
    [ "$(id -u)" -eq 0 ] || fail "not root: run 'sudo apt-get install $*', or this script as root"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || fail "apt-get update failed: is the network there?"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    # RUNLEVEL=1: the packages must not start their services; badbuzz starts the servers itself, and stops them again.
    if ! RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        fail "apt-get install failed"
    fi
}
