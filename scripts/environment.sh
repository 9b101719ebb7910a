#!/bin/sh
# Builds or refreshes .venv: the locked packages, then pawmark itself, editable.
#
# Quick when there is nothing to do. An installation that was interrupted is noticed and made again,
# as is a .venv that was copied or moved here (its scripts still point to the old place).
# PYTHON names the interpreter to build from; without it a suitable one is looked for. TENSORFLOW is
# cpu or gpu; without it the .venv keeps what it has, and a new one gets cpu.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
unfinished=$venv/.unfinished        # there while an installation runs, and after one was cut off
lock_stamp=$venv/.installed-lock    # checksum of the lock that was installed last
package_stamp=$venv/.installed-package
kind_stamp=$venv/.tensorflow        # cpu or gpu
version_of='import sys; print("%d.%d" % sys.version_info[:2])'
# A virtual environment's own python would vanish with it, so build from the one beneath.
base_of='import sys; print(getattr(sys, "_base_executable", None) or sys.executable)'

say() { printf 'pawmark: %s\n' "$*"; }
fail() { printf 'pawmark: %s\n' "$@" >&2; exit 1; }

# There is no TensorFlow for them any more: better said here than by pip after ten minutes.
refuse_intel_macs() {
    [ "$(uname -s 2>/dev/null)-$(uname -m 2>/dev/null)" = Darwin-x86_64 ] || return 0
    fail "This is a Mac with an Intel processor, and TensorFlow is not built for those any more (the last is 2.16)." \
        "Use Linux on it, in a virtual machine or a container, or another machine."
}

suitable() { case $1 in 3.11 | 3.12 | 3.13) true ;; *) false ;; esac; }

# Sets python and version to the first suitable interpreter.
find_python() {
    found=
    for candidate in "$@"; do
        version=$("$candidate" -c "$version_of" 2>/dev/null) || continue
        if suitable "$version"; then
            python=$("$candidate" -c "$base_of")
            return
        fi
        found="${found:+$found, }$candidate is $version"
    done
    fail "Python 3.11, 3.12 or 3.13 is needed; ${found:-none of these runs here: $*}." \
        "Install one, or name one that you have: make ... PYTHON=/path/to/python3.12"
}

# Debian and Ubuntu keep the module that puts pip into a new environment in a package of its own.
require_ensurepip() {
    can_make_venvs && return
    case $python in
        /usr/bin/*) [ ! -e /etc/debian_version ] || require_debian_venv ;;
        *) ;;
    esac
    can_make_venvs || fail "$python cannot make virtual environments: its ensurepip module is missing." \
        "Choose another Python 3.11 to 3.13: make ... PYTHON=/path/to/python3.12"
}

require_debian_venv() {
    sh scripts/install_package.sh "python$version-venv" "makes virtual environments" || true
    can_make_venvs || fail "$python cannot make virtual environments: its ensurepip module is missing." \
        "Install it with: apt-get install python$version-venv (or python3-venv), then run make again."
}

can_make_venvs() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

# Why the .venv that is here cannot be used, or nothing when it can.
whats_wrong() {
    if [ ! -e "$venv" ]; then
        echo "there is none yet"
    elif [ -e "$unfinished" ]; then
        echo "the last installation was not finished"
    elif ! now=$("$venv/bin/python" -c "$version_of" 2>/dev/null); then
        echo "its Python does not run"
    elif ! suitable "$now"; then
        echo "it holds Python $now; 3.11 to 3.13 is needed"
    elif [ -n "${PYTHON:-}" ] && [ "$now" != "$version" ]; then
        echo "it holds Python $now and PYTHON asks for $version"
    elif ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
        echo "it has no pip"
    elif ! grep -qF "$(pwd -P)/$venv/" "$venv/bin/pip" 2>/dev/null; then
        echo "it was made in another folder"
    fi
}

create() {
    [ -n "${python:-}" ] || find_python python3 python3.13 python3.12 python3.11 python
    require_ensurepip
    say "making .venv with Python $version ($python): $1"
    rm -rf "$venv"
    mkdir "$venv"
    : >"$unfinished"
    "$python" -m venv "$venv" || fail "$python could not make .venv; its message is above."
}

# pip as the user has set it up (mirrors, proxies), but never into the user's own packages. On a
# terminal its progress shows; elsewhere its errors do, and a line every half minute.
pip_install() {
    said=build/.pip-errors
    if [ -t 1 ]; then quiet=; else quiet=--quiet; tell_time & fi
    status=0
    PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install $quiet "$@" 2>"$said" ||
        status=$?
    [ -z "$quiet" ] || kill $! 2>/dev/null || true
    cat "$said" >&2
    [ "$status" != 0 ] || return 0
    if grep -qiE "$no_network" "$said"; then
        fail "pip reached no package index: this machine has no network, or needs a proxy or a mirror for it." \
            "Connect it and run make again; pip's own settings (pip.conf, PIP_INDEX_URL, ...) are honoured." \
            "Without a network: docs/students.md, \"In a room without a network\"."
    fi
    if grep -qi 'No space left on device' "$said"; then
        fail "the disk is full: free some gigabytes, then run make again."
    fi
    fail "the installation stopped; pip's message is above. Mend that and run make again." \
        "Behind a proxy or with a mirror, pip's own settings (pip.conf, PIP_INDEX_URL, ...) are honoured."
}

no_network='NewConnectionError|NameResolutionError|ConnectTimeoutError|Network is unreachable|name resolution|Name or service not known|ProxyError'

# Until it is ended, and never longer than the script that started it.
tell_time() {
    spent=0
    while sleep 30 >/dev/null 2>&1 9>&- && kill -0 $$ 2>/dev/null; do
        spent=$((spent + 30))
        say "still installing after $spent s"
    done
}

remove_packages() {
    for name in "$@"; do
        "$venv/bin/python" -m pip show --quiet "$name" >/dev/null 2>&1 || continue
        PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip uninstall --quiet --yes "$name" ||
            fail "$name could not be removed from .venv; pip's message is above." \
                "Delete .venv and run make again."
    done
}

# requirements.lock without the build for processors alone, whose entry ends at the first line that
# does not go on, and what the card needs in its place.
lock_for_gpu() {
    sed '/^tensorflow-cpu==/,/[^\\]$/d' requirements.lock
    cat requirements-gpu.lock
}

# A package cut off half-way can look whole to pip, hence the mark.
install_lock() {
    : >"$unfinished"
    [ "$(cat "$kind_stamp" 2>/dev/null)" = "$kind" ] ||
        remove_packages tensorflow tensorflow-cpu # both write one folder: one goes first
    if [ "$kind" = gpu ]; then
        say "installing the locked packages, for a graphics card (about 7 GB on disk)"
        lock_for_gpu >build/requirements.lock
        pip_install --no-deps --require-hashes -r build/requirements.lock
    else
        say "installing the locked packages (about 2.3 GB on disk; a few minutes the first time)"
        [ -z "$(command -v nvidia-smi)" ] ||
            say "there may be a graphics card here; to train on it: make environment TENSORFLOW=gpu"
        pip_install --no-deps --require-hashes -r requirements.lock
    fi
    remove_packages $(grep -v '^#' packaging/excludes.txt) # an older .venv may still hold them
    printf '%s\n' "$kind" >"$kind_stamp"
    printf '%s\n' "$lock" >"$lock_stamp"
    rm -f "$unfinished"
}

install_package() {
    say "installing pawmark itself, editable"
    pip_install --no-deps --no-build-isolation --editable .
    printf '%s\n' "$package" >"$package_stamp"
}

installed() { [ -e "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# Two makes at once take turns. Without flock (macOS) they have to be started one after the other.
mkdir -p build
if command -v flock >/dev/null 2>&1; then
    exec 9>build/.environment.lock
    flock -n 9 || { say "waiting for another make that is setting up .venv"; flock 9; }
fi

kind=${TENSORFLOW:-$(cat "$kind_stamp" 2>/dev/null || echo cpu)}
case $kind in
    cpu | gpu) ;;
    *) fail "TENSORFLOW is $kind; it can be cpu or gpu: make environment TENSORFLOW=gpu" ;;
esac
refuse_intel_macs
[ -z "${PYTHON:-}" ] || find_python "$PYTHON"
wrong=$(whats_wrong)
[ -z "$wrong" ] || create "$wrong"

lock="$kind $(cat requirements.lock requirements-gpu.lock | cksum)"
package=$(cksum <pyproject.toml)
if installed "$lock_stamp" "$lock" && installed "$package_stamp" "$package"; then
    exit 0
fi
installed "$lock_stamp" "$lock" || install_lock
installed "$package_stamp" "$package" || install_package
say "the environment is ready: .venv"
