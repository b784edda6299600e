#!/bin/sh
# Copies the kernel files perfcollector reads from the running host into OUTDIR,
# keeping their paths, so that the parsers can be tested against that host's
# kernel without the host. It needs only a POSIX sh, cat, awk, ls, mkdir, rm
# and rmdir.
#
#   scripts/capture-host.sh OUTDIR
#
# What is scrubbed on the way:
#   - the host name becomes "host1" (in its own file, and as a whole word in
#     proc/version, proc/self/mountinfo and proc/self/mountstats);
#   - the user and host that built the kernel become "builder@host1";
#   - the machine id becomes a fixed made-up value;
#   - the board serial number that some ARM kernels print in proc/cpuinfo
#     becomes zeros. No other file with a serial number or UUID of the machine
#     is read.
# Mount points, file servers and volume names are copied as they are: read
# proc/self/mountinfo and proc/self/mountstats before publishing a capture.
# Links of /sys become directories: which bus a hwmon chip is on is not kept.
#
# A file this host does not have, or does not let us read, is skipped and named
# on stderr. Exit status: 0 captured, 1 could not capture, 2 wrong usage.

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
proc/net/dev
proc/net/rpc/nfs
proc/mdstat
proc/self/mountinfo
proc/self/mountstats
proc/sys/kernel/hostname
proc/sys/kernel/osrelease
proc/sys/kernel/arch
sys/class/dmi/id/sys_vendor
sys/class/dmi/id/product_name
etc/os-release
etc/machine-id
'

# Files of devices, however many there are.
patterns='
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
    proc/self/mountinfo | proc/self/mountstats) scrub_hostname ;;
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

# Copies one file that is there.
capture() {
  file=$1
  # cat, not cp: the kernel reports size 0 for these files. The copy comes
  # before the scrubbing, so that a failed read is seen.
  target=$outdir/$file
  mkdir -p "${target%/*}" || die 1 "cannot create the directory ${target%/*}."
  : >"$target.raw" || die 1 "cannot write $target.raw."
  if ! cat "/$file" >"$target.raw"; then
    rm -f "$target.raw"
    rmdir "${target%/*}" 2>/dev/null
    printf 'capture-host.sh: skipped /%s: cannot be read\n' "$file" >&2
    return
  fi
  scrub "$file" <"$target.raw" >"$target" || die 1 "cannot write $target."
  rm -f "$target.raw"
  count=$((count + 1))
}

for file in $files; do
  if [ -e "/$file" ]; then
    capture "$file"
  else
    printf 'capture-host.sh: skipped /%s: no such file\n' "$file" >&2
  fi
done
# Of these a host has none or many; a pattern that matches nothing stays as it is.
for pattern in $patterns; do
  for path in /$pattern; do
    [ ! -f "$path" ] || capture "${path#/}"
  done
done

[ "$count" -gt 0 ] || die 1 'this host has none of the files to capture.'
printf 'capture-host.sh: %s files in %s; read proc/self/mountinfo and mountstats there before publishing it.\n' "$count" "$outdir" >&2
