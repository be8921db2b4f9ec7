#!/bin/sh
# Installs or upgrades the hotline on Debian 12 or 13, from an unpacked release. Run it as root, as
# often as you like: what is there already stays. "install.sh --back" returns to the release before.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
RELEASE=$(cd "$HERE/../.." && pwd)
RELEASES=/opt/hotline/releases
CURRENT=/opt/hotline/current
PREVIOUS=/opt/hotline/previous
STATE=/var/lib/hotline
SETTINGS=/etc/hotline/env
KEPT=3

say() { printf '%s\n' "$*"; }
stop() { say "$*" >&2; exit 1; }
systemd_runs() { [ -d /run/systemd/system ]; }

# Replaces a link in one step, so that no process ever finds it missing.
point() { ln -sfn "$2" "$1.new" && mv -T "$1.new" "$1"; }

must_fit() {
    [ "$(id -u)" = 0 ] || stop "Run this as root: sudo $0"
    command -v python3 >/dev/null || stop "python3 is missing: apt install python3 python3-venv"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "Python 3.11 or later is needed: Debian 12 or 13 has it."
    python3 -c 'import ensurepip' 2>/dev/null || stop "venv is missing: apt install python3-venv"
}

must_be_whole() {
    [ -f "$RELEASE/SHA256SUMS" ] || stop "$RELEASE is no release: unpack one, or run \"make release\"."
    (cd "$RELEASE" && sha256sum --quiet --check SHA256SUMS) || stop "The release is damaged."
}

make_user_and_folders() {
    getent passwd hotline >/dev/null ||
        useradd --system --user-group --home-dir "$STATE" --no-create-home \
            --shell /usr/sbin/nologin hotline
    install -d -m 0755 /opt/hotline "$RELEASES"
    install -d -m 0700 -o root -g root /etc/hotline
    install -d -m 0700 -o hotline -g hotline "$STATE" "$STATE/backups"
}

# The folder of the release, named by its version and the content of its wheel.
place_of_release() {
    set -- "$RELEASE"/sanctuary_line-*.whl
    [ -f "$1" ] || stop "There is no wheel in $RELEASE."
    version=$(basename "$1" | cut -d- -f2)
    mark=$(cat "$1" "$RELEASE/requirements.txt" | sha256sum | cut -c1-12)
    say "$RELEASES/$version-$mark"
}

install_release() {
    [ -f "$1/complete" ] && { say "This release is installed already."; return; }
    say "Installing into $1: about 340 MB, one to five minutes ..."
    rm -rf "$1"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir \
        --require-hashes -r "$RELEASE/requirements.txt"
    "$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-index \
        "$RELEASE"/sanctuary_line-*.whl
    touch "$1/complete"
}

install_units() {
    install -d -m 0755 /etc/systemd/system/hotline-.service.d
    for unit in "$HERE"/*.service "$HERE"/*.socket "$HERE"/*.timer; do
        install -m 0644 "$unit" /etc/systemd/system/
    done
    install -m 0644 "$HERE/hotline-.service.d/hardening.conf" /etc/systemd/system/hotline-.service.d/
    install -m 0755 "$HERE/hotline" /usr/local/bin/hotline
}

use() {
    old=$(readlink -f "$CURRENT" || true)
    if [ -n "$old" ] && [ -d "$old" ] && [ "$old" != "$1" ]; then point "$PREVIOUS" "$old"; fi
    point "$CURRENT" "$1"
}

start_or_renew() {
    systemd_runs || { say "systemd does not run here, so nothing is started."; return; }
    systemctl daemon-reload
    systemctl enable --quiet --now hotline-web.socket hotline-backup.timer hotline-check.timer \
        hotline-restore-drill.timer
    systemctl enable --quiet hotline-web.service hotline-worker.service
    if systemctl --quiet is-active hotline-web.service; then
        systemctl reload hotline-web.service
    else
        systemctl start hotline-web.service
    fi
    systemctl restart hotline-worker.service
    say "Web and worker run; see: journalctl -fu hotline-web -u hotline-worker"
}

forget_old_releases() {
    # shellcheck disable=SC2012  # the names are ours
    ls -1dt "$RELEASES"/*/ 2>/dev/null | tail -n +$((KEPT + 1)) | while read -r folder; do
        folder=${folder%/}
        [ "$folder" = "$(readlink -f "$CURRENT")" ] && continue
        [ "$folder" = "$(readlink -f "$PREVIOUS")" ] && continue
        rm -rf "$folder"
    done
}

go_back() {
    [ -d "$PREVIOUS/" ] || stop "There is no release before this one."
    use "$(readlink -f "$PREVIOUS")"
    start_or_renew
    say "Back to $(readlink -f "$CURRENT")."
}

must_fit
case "${1:-}" in
--back) go_back; exit ;;
"") ;;
*) stop "Unknown: $1. Use install.sh, or install.sh --back." ;;
esac
must_be_whole
make_user_and_folders
place=$(place_of_release)
install_release "$place"
if [ ! -f "$SETTINGS" ]; then
    use "$place"
    install_units
    say "Installed. Next: hotline init, then $0 again."
    exit
fi
# Tables go ahead of code: the new release migrates them while the old one answers.
install_units
if [ -d "$CURRENT/" ] && [ "$(readlink -f "$CURRENT")" != "$place" ]; then
    hotline backup "$STATE/backups"
fi
HOTLINE_PROGRAM="$place/bin/hotline" hotline migrate
use "$place"
start_or_renew
forget_old_releases
