#!/usr/bin/env bash
# Tries Astra where nothing is prepared: a bare Debian 12 with python3 and python3-pip, a fresh user,
# no terminal, no locale. Needs root and debootstrap, and takes a few minutes.
#
#   tools/bare_debian.sh                    ./astra --version, demo and test
#   tools/bare_debian.sh './astra doctor'   these commands instead
#   BARE_BASE=FOLDER tools/bare_debian.sh   keeps the bare system in FOLDER, and starts from it next time
#
# How this machine reaches its package index is copied from its settings while the script runs.
set -euo pipefail

if [[ ${1:-} != --inside ]]; then
    target=$(mktemp -d)
    trap 'rm -rf --one-file-system "$target"' EXIT
    # Everything is mounted in a namespace of its own, which is gone before the folder is deleted.
    unshare --mount "$0" --inside "$target" "$@"
    exit
fi

target=$2
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
home=/home/visitor
commands=("$@")
if [[ $# == 0 ]]; then
    commands=('./astra --version' './astra demo --no-open' './astra test')
fi

say() { printf '\n== %s\n' "$*" >&2; }

bare_system() {
    debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates bookworm "$1" >"$target.log" ||
        { tail -n 20 "$target.log" >&2; exit 1; }
    rm -f "$target.log"
}

# A file of this machine, at the same place in there.
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
    # Certificates and indexes in folders of this machine, wherever the settings say they are.
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

# What a fresh user has: a home, a PATH, and this machine's way to the network.
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

say 'a bare Debian 12'
if [[ -n ${BARE_BASE:-} ]]; then
    if [[ ! -d $BARE_BASE/usr ]]; then
        bare_system "$BARE_BASE.part"
        mv "$BARE_BASE.part" "$BARE_BASE"
    fi
    cp -a "$BARE_BASE/." "$target"
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
