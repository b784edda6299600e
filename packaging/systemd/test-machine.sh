#!/bin/sh
# Becomes systemd as process 1 of a machine in namespaces of its own: test-machine.ts starts it.
#     test-machine.sh <lower root> <scratch directory> <files to put in> <node's directory> <programs' directory>
# Its root is the lower one, which stays as it is, with everything that is written kept in memory.
set -eu
lower=$1 scratch=$2 files=$3 node=$4 programs=$5
mount --make-rprivate /
mount -t tmpfs tmpfs "$scratch"
root=$scratch/root
mkdir "$scratch/upper" "$scratch/work" "$root"
cp -a "$files/." "$scratch/upper"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$scratch/upper,workdir=$scratch/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
for place in run tmp; do mount -t tmpfs tmpfs "$root/$place"; done
# Another root has programs of its own, and is to do without Node.
if [ "$lower" = / ]; then
  mkdir -p "$root/opt/node" "$root/opt/programs"
  mount --bind "$node" "$root/opt/node"
  mount --bind "$programs" "$root/opt/programs"
fi
# File systems with blocks of their own, where sandboxes close or cover things, and one that root alone comes to.
mkdir -p "$root/home" "$root/srv/data" "$root/root/vault"
chmod 0700 "$root/root"
for place in home srv/data root/vault; do
  image=$scratch/$(basename "$place").ext4
  truncate -s 16M "$image"
  mkfs.ext4 -q "$image"
  mount -o loop "$image" "$root/$place"
done
# What this system starts by itself is none of the test's.
rm -rf "$root"/etc/systemd/system/*.wants
cd "$root"
pivot_root . mnt
umount -l /mnt
mount --make-rshared / # as managers of containers do: credentials and mounts that come later reach units
exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=test.target --log-target=console --show-status=0
