#!/bin/sh
# Copies the kernel files perfcollector reads from the running host into OUTDIR,
# keeping their paths, so that the parsers can be tested against that host's
# kernel without the host. It needs only a POSIX sh, cat, awk, ls, mkdir, rm
# and rmdir. Files of /sys that lie behind links are copied to the path without
# the links.
#
#   scripts/capture-host.sh OUTDIR
#
# What is scrubbed on the way:
#   - the host name becomes "host1" (in its own file, and as a whole word in
#     proc/version, proc/self/mountinfo and proc/self/mountstats);
#   - the user and host that built the kernel become "builder@host1";
#   - the machine id becomes a fixed made-up value;
#   - the board serial number that some ARM kernels print in proc/cpuinfo
#     becomes zeros. No other file with a serial number, a UUID or a network
#     address of the machine is read;
#   - of files that hold such numbers beside what is needed, only what is needed
#     is kept: drivers, the names of arrays, the control program of s390x, the
#     chassis tags of clouds; of some only that they are there.
# Mount points, file servers and the names of volumes and interfaces are copied
# as they are: read proc/self/mountinfo, proc/self/mountstats and
# sys/block/*/dm/name before publishing a capture. Links of /sys become
# directories: which bus a hwmon chip is on is not kept.
#
# A file that every host has, and this one does not or does not let us read, is
# skipped and named on stderr. Exit status: 0 captured, 1 could not capture, 2
# wrong usage.

usage='usage: capture-host.sh OUTDIR'

files='
proc/stat
proc/meminfo
proc/diskstats
proc/loadavg
proc/vmstat
proc/uptime
proc/cpuinfo
proc/version
proc/schedstat
proc/pressure/cpu
proc/pressure/memory
proc/pressure/io
proc/pressure/irq
proc/net/dev
proc/net/snmp
proc/net/snmp6
proc/net/netstat
proc/net/sockstat
proc/net/sockstat6
proc/net/softnet_stat
proc/net/stat/nf_conntrack
proc/sys/net/netfilter/nf_conntrack_count
proc/sys/net/netfilter/nf_conntrack_max
proc/zoneinfo
proc/buddyinfo
proc/interrupts
proc/sys/fs/file-nr
proc/sys/kernel/random/entropy_avail
proc/sys/kernel/random/poolsize
proc/self/mountinfo
proc/sys/kernel/hostname
proc/sys/kernel/osrelease
proc/sys/kernel/arch
sys/devices/system/cpu/online
sys/devices/system/cpu/present
etc/os-release
etc/machine-id
'

# Not every host has these, and a host may have many of a kind.
facts='
sys/devices/system/cpu/cpufreq/policy*/scaling_cur_freq
sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq
sys/devices/system/cpu/cpu[0-9]*/cpufreq/related_cpus
sys/devices/system/node/node*/numastat
sys/devices/system/node/node*/meminfo
sys/class/thermal/thermal_zone*/type
sys/class/thermal/thermal_zone*/temp
sys/class/hwmon/hwmon*/name
sys/class/hwmon/hwmon*/*_input
sys/class/hwmon/hwmon*/*_average
sys/class/hwmon/hwmon*/*_label
sys/class/hwmon/hwmon*/device/name
sys/class/hwmon/hwmon*/device/*_input
sys/class/hwmon/hwmon*/device/*_label
sys/class/powercap/*:*/name
sys/class/powercap/*:*/energy_uj
sys/class/powercap/*:*/max_energy_range_uj
sys/class/infiniband/*/ports/*/counters/*
sys/class/infiniband/*/ports/*/hw_counters/*
proc/net/rpc/nfs
proc/mdstat
proc/self/mountstats
sys/devices/system/node/online
sys/devices/system/clocksource/clocksource0/available_clocksource
sys/class/dmi/id/sys_vendor
sys/class/dmi/id/product_name
sys/class/dmi/id/product_version
sys/class/dmi/id/board_vendor
sys/class/dmi/id/bios_vendor
sys/class/dmi/id/bios_version
sys/class/dmi/id/chassis_asset_tag
sys/firmware/devicetree/base/model
sys/firmware/devicetree/base/hypervisor/compatible
sys/firmware/devicetree/base/ibm,partition-name
sys/firmware/devicetree/base/hmc-managed[?]
sys/firmware/devicetree/base/fw-cfg*/compatible
sys/hypervisor/type
proc/xen/capabilities
proc/sysinfo
proc/1/cgroup
run/systemd/container
run/host/container-manager
run/.containerenv
sys/block/*/size
sys/block/*/hidden
sys/block/*/dev
sys/block/*/queue/rotational
sys/block/*/queue/logical_block_size
sys/block/*/device/model
sys/block/*/device/vendor
sys/block/mmcblk*/device/name
sys/block/*/dm/name
run/udev/data/b9:*
sys/class/net/*/uevent
sys/class/net/*/type
sys/class/net/*/iflink
sys/class/net/*/tun_flags
sys/class/net/*/mtu
sys/class/net/*/speed
sys/class/net/*/duplex
sys/class/net/*/device/uevent
'

# Containers: the directories of their control groups, whatever runs them, and
# the files in them. Version 2 first, then the hierarchies of version 1.
containers='
docker/*
lxc.payload.*
*.slice/docker-*.scope
*.slice/libpod-*.scope
*.slice/machine-*.scope
user.slice/user-*.slice/user@*.service/*.slice/*-*.scope
kubepods.slice/*.slice/*-*.scope
kubepods.slice/*.slice/*.slice/*-*.scope
kubepods/*/*/*
'
container_files='
cpu.stat cpu.max memory.current memory.max memory.stat memory.events
memory.swap.current io.stat pids.current pids.max cpu.pressure memory.pressure
io.pressure cpuacct.usage cpuacct.stat cpu.cfs_quota_us cpu.cfs_period_us
memory.usage_in_bytes memory.limit_in_bytes memory.oom_control
blkio.throttle.io_service_bytes blkio.throttle.io_serviced
blkio.throttle.io_service_bytes_recursive blkio.throttle.io_serviced_recursive
'
# What stands on what: a disk below a logical volume is not counted again.
stacks='
sys/dev/block/*/uevent
sys/dev/block/*/holders/*/dev
sys/dev/block/*/*/holders/*/dev
'

# Where cpuinfo does not place the CPUs.
topology='
sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id
sys/devices/system/cpu/cpu[0-9]*/topology/core_cpus_list
sys/devices/system/cpu/cpu[0-9]*/topology/package_cpus_list
sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list
sys/devices/system/cpu/cpu[0-9]*/topology/core_siblings_list
'

die() {
  status=$1
  shift
  printf 'capture-host.sh: %s\n' "$*" >&2
  exit "$status"
}

# Rewrites standard input: every whole word equal to the host name, with or
# without its domain, becomes "host1". A word ends at anything but a letter, a
# digit or "_", so "db01" is found in /dev/mapper/db01-root and not in db011.
scrub_hostname() {
  SCRUB_FULL=$full_name SCRUB_SHORT=$short_name LC_ALL=C awk '
    function scrub(line, name,    out, at, prev, next_char) {
      if (name == "") return line
      out = ""
      prev = ""
      while ((at = index(line, name)) > 0) {
        if (at > 1) prev = substr(line, at - 1, 1)
        next_char = substr(line, at + length(name), 1)
        if (prev ~ /[A-Za-z0-9_]/ || next_char ~ /[A-Za-z0-9_]/) {
          out = out substr(line, 1, at)
          prev = substr(line, at, 1)
          line = substr(line, at + 1)
        } else {
          out = out substr(line, 1, at - 1) "host1"
          prev = "1"
          line = substr(line, at + length(name))
        }
      }
      return out line
    }
    { print scrub(scrub($0, ENVIRON["SCRUB_FULL"]), ENVIRON["SCRUB_SHORT"]) }'
}

scrub() {
  case $1 in
    proc/sys/kernel/hostname) echo host1 ;;
    etc/machine-id) echo 0123456789abcdef0123456789abcdef ;;
    proc/version) LC_ALL=C awk '{ sub(/\([^() ]*@[^() ]*\)/, "(builder@host1)"); print }' | scrub_hostname ;;
    proc/self/mountinfo | proc/self/mountstats | proc/1/cgroup | sys/block/*/dm/name) scrub_hostname ;;
    sys/class/net/*/device/uevent) awk '/^DRIVER=/' ;;
    run/udev/data/*) awk '/^E:MD_DEVNAME=/' | scrub_hostname ;;
    proc/sysinfo) awk '/^(LPAR Number|VM00 Control Program):/' ;;
    sys/class/dmi/id/chassis_asset_tag)
      awk '/^(7783-7084-3265-9085-8269-3286-77|OracleCloud.com|HUAWEICLOUD|OpenTelekomCloud|SAP CCloud VM)$/' ;;
    */ibm,partition-name | run/.containerenv) : ;;
    proc/cpuinfo) LC_ALL=C awk '/^Serial[ \t]*:/ { sub(/:.*/, ": 0000000000000000") } { print }' ;;
    *) cat ;;
  esac
}

case $# in
  1) ;;
  *) die 2 "expected one argument, the directory to write to; $usage" ;;
esac
outdir=$1
case $outdir in
  '') die 2 "the directory to write to is empty; $usage" ;;
  -*) die 2 "unknown option $outdir; $usage" ;;
esac

if [ -e "$outdir" ]; then
  [ -d "$outdir" ] || die 1 "$outdir exists and is not a directory."
  listing=$(ls -A "$outdir") || die 1 "cannot read the directory $outdir."
  [ -z "$listing" ] || die 1 "$outdir is not empty; refusing to write into it."
fi
mkdir -p "$outdir" || die 1 "cannot create the directory $outdir."

full_name=$(cat /proc/sys/kernel/hostname 2>/dev/null)
short_name=${full_name%%.*}

count=0

# Copies one file; complains if it cannot and $2 is "needed".
capture() {
  if [ ! -e "/$1" ]; then
    [ "$2" != needed ] || printf 'capture-host.sh: skipped /%s: no such file\n' "$1" >&2
    return 0
  fi
  # cat, not cp: the kernel reports size 0 for these files. The copy comes
  # before the scrubbing, so that a failed read is seen.
  target=$outdir/$1
  mkdir -p "${target%/*}" || die 1 "cannot create the directory ${target%/*}."
  : >"$target.raw" || die 1 "cannot write $target.raw."
  if ! cat "/$1" >"$target.raw" 2>/dev/null; then
    rm -f "$target.raw"
    rmdir "${target%/*}" 2>/dev/null
    [ "$2" != needed ] || printf 'capture-host.sh: skipped /%s: cannot be read\n' "$1" >&2
    return 0
  fi
  scrub "$1" <"$target.raw" >"$target" || die 1 "cannot write $target."
  rm -f "$target.raw"
  count=$((count + 1))
}

# Copies every file that the patterns match, where there are any.
capture_matches() {
  for pattern in "$@"; do
    for path in /$pattern; do
      capture "${path#/}" optional
    done
  done
}

for file in $files; do
  capture "$file" needed
done
set -f # the patterns are words here; capture_matches expands them
set -- $facts
placed=$(awk '/^(physical id|package)[ \t]*:/ { print "yes"; exit }' /proc/cpuinfo)
[ -n "$placed" ] || set -- "$@" $topology
online=$(cat /sys/devices/system/cpu/online 2>/dev/null)
for cpu in "${online%%[-,]*}" "${online##*[-,]}"; do
  set -- "$@" "sys/devices/system/cpu/cpu$cpu/cpufreq/cpuinfo_max_freq"
done
set -- "$@" $stacks sys/fs/cgroup/cgroup.controllers sys/fs/cgroup/cgroup.stat sys/fs/cgroup/unified/cgroup.stat
for directory in $containers; do
  for file in $container_files; do
    set -- "$@" "sys/fs/cgroup/$directory/$file" "sys/fs/cgroup/*/$directory/$file"
  done
done
set +f
capture_matches "$@"

[ "$count" -gt 0 ] || die 1 'this host has none of the files to capture.'
printf 'capture-host.sh: %s files in %s; read proc/self/mountinfo and sys/block/*/dm/name there before publishing it.\n' \
  "$count" "$outdir" >&2
