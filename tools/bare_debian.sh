#!/usr/bin/env bash
# Try Astra on unprepared systems: a bare Debian 12 (Python 3.11) and Debian 13 (Python 3.13) with python3 and
# python3-pip, a new user, no terminal, no locale. Needs root and debootstrap, and takes ten minutes.
#
#   tools/bare_debian.sh                        ./astra --version, demo and test
#   tools/bare_debian.sh './astra doctor'       other commands instead
#   BARE_SUITES=trixie tools/bare_debian.sh     only Debian 13
#   BARE_BASE=FOLDER tools/bare_debian.sh       keep the bare systems in FOLDER, and reuse them next time
#
# Access to the package index is copied from this machine's settings at run time.
set -euo pipefail

if [[ ${1:-} != --inside ]]; then
    trap 'rm -rf --one-file-system "$target"' EXIT
    for suite in ${BARE_SUITES:-bookworm trixie}; do
        target=$(mktemp -d)
        # All mounts are in a separate namespace, which ends before the folder is deleted.
        unshare --mount "$0" --inside "$suite" "$target" "$@"
        rm -rf --one-file-system "$target"
    done
    exit
fi

suite=$2
target=$3
shift 3
root=$(cd "$(dirname "$0")/.." && pwd)
home=/home/visitor
commands=("$@")
if [[ $# == 0 ]]; then
    commands=('./astra --version' './astra demo --no-open' './astra test')
fi

say() { printf '\n== %s\n' "$*" >&2; }

bare_system() {
    debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates "$suite" "$1" >"$target.log" ||
        { tail -n 20 "$target.log" >&2; exit 1; }
    rm -f "$target.log"
}

# Copy a file of this machine to the same path in the target.
take() {
    if [[ -f $1 ]]; then
        mkdir -p "$target$(dirname "$1")"
        cp -L "$1" "$target$1"
    fi
}

pip_settings() {
    local word settings
    take /etc/pip.conf
    for word in "${PIP_CONFIG_FILE:-}" "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        if [[ -f $word ]]; then
            install -D -m 644 "$word" "$target$home/.config/pip/pip.conf"
            break
        fi
    done
    # Certificates and local package indexes at the paths in the settings.
    settings=$(python3 -m pip config list 2>/dev/null | cut -d= -f2- | tr -d "'")
    for word in $settings ${PIP_CERT:-} ${PIP_FIND_LINKS:-} ${SSL_CERT_FILE:-} ${REQUESTS_CA_BUNDLE:-}; do
        word=${word//\\n/}
        word=${word#file://}
        take "$word"
        if [[ $word == /* && -d ${word%/simple} ]]; then
            word=${word%/simple}
            mkdir -p "$target$word"
            mount --bind -o ro "$word" "$target$word"
        fi
    done
}

copy_tree() {
    git -C "$root" -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
        tar -C "$root" --null --files-from=- --ignore-failed-read -cf - |
        tar -C "$target$home" --one-top-level=Astra -xf -
    chroot "$target" chown -R visitor:visitor "$home"
}

# Run as a new user with a home, a PATH, and this machine's network settings.
as_visitor() {
    local name network=()
    for name in $(compgen -e); do
        if [[ $name != PIP_CONFIG_FILE && $name =~ ^(PIP_.*|.*_CA_BUNDLE|SSL_CERT_.*|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$ ]]; then
            network+=("$name=${!name}")
        fi
    done
    chroot --userspec=visitor:visitor "$target" /usr/bin/env -i HOME="$home" PATH=/usr/local/bin:/usr/bin:/bin \
        "${network[@]}" /bin/sh -c "cd ~/Astra && $1"
}

say "a bare Debian: $suite"
if [[ -n ${BARE_BASE:-} ]]; then
    base=$BARE_BASE/$suite
    if [[ ! -d $base ]]; then
        mkdir -p "$BARE_BASE"
        bare_system "$base.part"
        mv "$base.part" "$base"
    fi
    cp -a "$base/." "$target"
else
    bare_system "$target"
fi
chmod 755 "$target"
mount -t proc proc "$target/proc"
mount -t tmpfs tmpfs "$target/dev/shm"
mount -t tmpfs tmpfs "$target/tmp"
take /etc/resolv.conf
take /etc/hosts
chroot "$target" useradd --create-home visitor
pip_settings
copy_tree
for command in "${commands[@]}"; do
    say "$command"
    SECONDS=0
    as_visitor "$command"
    say "$command: ${SECONDS} s"
done
