#!/bin/sh
# Installs bubblewrap where it is missing and that is allowed. Never fails: only grading needs the
# sandbox, and grading says so itself when there is none.
set -u
cd "$(dirname "$0")/.."

command -v bwrap >/dev/null 2>&1 && exit 0
if [ "$(uname -s)" != Linux ]; then
    echo "pawmark: the grading sandbox (bubblewrap) exists on Linux only; grade there or in a Linux container"
    exit 0
fi
sh scripts/install_package.sh bubblewrap "the sandbox that grading needs" || true
exit 0
