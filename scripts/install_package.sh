#!/bin/sh
# install_package.sh PACKAGE PURPOSE: installs a package of the system, as root or through sudo where
# that asks no password. Otherwise, or when it fails, says in one line what to run and returns 1.
set -u
package=$1
purpose=$2

say() { printf 'pawmark: %s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }

# Short time limits: without a network this has to give up soon.
apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
        -o DPkg::Lock::Timeout=60 "$@"
}

# Lists of a fresh machine are empty and those of an old one name files that are gone: refresh them
# then, and only then.
install_with_apt() {
    apt-cache show "$package" >/dev/null 2>&1 && apt install --no-install-recommends "$package" && return
    apt update && apt install --no-install-recommends "$package"
}

install_with_pacman() {
    if pacman -Si "$package" >/dev/null 2>&1; then refresh=; else refresh=y; fi
    $as_root pacman "-S$refresh" --noconfirm --needed "$package"
}

install_it() {
    case $manager in
        apt-get) install_with_apt ;;
        dnf) $as_root dnf install -y -q "$package" ;;
        apk) $as_root apk add -q -U "$package" ;;
        pacman) install_with_pacman ;;
        zypper) $as_root zypper --non-interactive --quiet install --no-recommends "$package" ;;
    esac
}

manager=
for candidate in apt-get dnf apk pacman zypper; do
    if has "$candidate"; then manager=$candidate; break; fi
done
case $manager in
    apt-get) by_hand="apt-get install $package" ;;
    dnf) by_hand="dnf install $package" ;;
    apk) by_hand="apk add $package" ;;
    pacman) by_hand="pacman -S $package" ;;
    zypper) by_hand="zypper install $package" ;;
    *) say "$package ($purpose) is missing; install it with this system's package manager"; exit 1 ;;
esac

if [ "$(id -u)" = 0 ]; then
    as_root=
elif has sudo && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    say "$package ($purpose) is missing; install it with: sudo $by_hand"
    exit 1
fi

say "installing $package ($purpose) with $manager"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
if install_it >"$log" 2>&1; then exit 0; fi
reason=$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)
say "$package could not be installed (${reason:-$manager gave no reason}); install it with: $by_hand"
exit 1
