#!/usr/bin/env bash
# Runs a program in the root of an image as an engine would with --read-only --cap-drop ALL and no new privileges, as the
# image's user, its volume new: test-image.sh ROOT VOLUME [NAME=VALUE...] PROGRAM [ARGUMENT...]. Below unshare --mount.
set -euo pipefail
root=$1 volume=$2
shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount --bind "$volume" "$root/var/lib/$(basename "$volume")"
settings=()
while [[ $1 == *=* ]]; do
  settings+=("$1")
  shift
done
exec env -i "${settings[@]}" /usr/bin/setpriv --no-new-privs /usr/sbin/chroot --userspec=65532:65532 "$root" "$@"
