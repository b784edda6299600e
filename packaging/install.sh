#!/bin/sh
# Puts pcc on a host of a fleet: its packages, its key, its settings, the service, and a check at the end. `--help` tells more.
# Functions alone up to the last line: a script that arrives cut off does nothing.
set -eu

LEAST_GLIBC=2.28
SETTINGS=/etc/perfcollector/pcc.env
CREDENTIALS=/etc/perfcollector/credentials
KEY=$CREDENTIALS/pcc-apikey
CA=/etc/perfcollector/ca.pem
STATE=/var/lib/pcc

usage() {
  cat <<'END'
Usage: install.sh [options]

Installs pcc on this host, gives it a key and a server, starts it, and ends with the exit code of `pcc check`.
Run it again at any time: what is as it should be stays as it is, and pcc is only restarted where something changed.

  --packages <dir|url>   where the packages and their SHA256SUMS are; without it the package must be installed already
  --sums <sha256>        what SHA256SUMS itself must be; needed where the URL is not https
  --server <url>         the pcd to send to; without it the mode stays as it is (local at first)
  --apikey-file <path>   a file that holds the key, or - for standard input; else the variable PCC_APIKEY
  --ca <file>            the certificates of the authorities to trust, instead of the public ones
  --identifier <name>    what this machine is called; else its machine id
  --no-start             do not enable, start or restart the service
  -h, --help             this text

A key on a command line can be read by all users of a host, so there is no option for it. From another machine:

  scp install.sh web01:/tmp/
  ssh root@web01 sh /tmp/install.sh --server https://pcd.example.com:8443 --apikey-file - < agents.key
  { echo "PCC_APIKEY=$(cat agents.key)"; cat install.sh; } |
    ssh root@web01 sh -s -- --server https://pcd.example.com:8443
END
}

say() { printf 'install.sh: %s\n' "$*"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

misused() {
  printf 'install.sh: %s\nTry install.sh --help.\n' "$*" >&2
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# --- what is asked for

parse() {
  packages='' sums='' server='' key_file='' ca='' identifier='' starts=yes
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) usage && exit 0 ;;
      --no-start) starts=no && shift && continue ;;
      --packages | --sums | --server | --apikey-file | --ca | --identifier) ;;
      *) misused "there is no option $1" ;;
    esac
    [ -n "${2-}" ] || misused "$1 needs a value"
    case $1 in
      --packages) packages=${2%/} ;;
      --sums) sums=$2 ;;
      --server) server=$2 ;;
      --apikey-file) key_file=$2 ;;
      --ca) ca=$2 ;;
      --identifier) identifier=$2 ;;
    esac
    shift 2
  done
  for value in "$server" "$identifier"; do
    case $value in *[\"\'\\\`\$\#[:space:][:cntrl:]]*) misused "no blank, quote, \\, \$ or # may be in a value: $value" ;; esac
  done
}

# The key comes from a file, from standard input or from a variable; here it is taken out of the way of all that is started later.
read_key() {
  case $key_file in
    '') key=${PCC_APIKEY-} ;;
    -) key=$(cat) ;;
    *) key=$(cat -- "$key_file") || fail "the key was not read; expected a file that holds it and nothing else" ;;
  esac
  unset PCC_APIKEY
  case $key in
    *[[:space:][:cntrl:]]*) fail "the key is more than one word; expected a file that holds it and nothing else" ;;
    '') [ -z "$key_file" ] || fail "there is no key in $key_file; where the script itself comes by standard input, set PCC_APIKEY" ;;
  esac
}

# --- what this host is

look() {
  [ "$(id -u)" = 0 ] || fail "only root can install packages; run it with sudo"
  case $(uname -m) in
    x86_64) deb_arch=amd64 rpm_arch=x86_64 ;;
    aarch64) deb_arch=arm64 rpm_arch=aarch64 ;;
    *) fail "there is no package for a $(uname -m); there are some for x86_64 and aarch64" ;;
  esac
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || fail "this system has no glibc; pcc needs glibc $LEAST_GLIBC or newer"
  glibc=${glibc#glibc }
  least=$(printf '%s\n' "$glibc" "$LEAST_GLIBC" | sort -V | head -n 1)
  [ "$least" = "$LEAST_GLIBC" ] || fail "glibc is $glibc here; pcc needs $LEAST_GLIBC or newer (Debian 11, Ubuntu 20.04, RHEL 8)"
  if has dpkg; then
    format=deb
    arch=$(dpkg --print-architecture)
    [ "$arch" = "$deb_arch" ] || fail "this system takes packages for $arch; there are some for $deb_arch"
  elif has rpm; then
    format=rpm
  elif [ -n "$packages" ]; then
    fail "there is neither dpkg nor rpm here; unpack perfcollector-*.tar.xz by hand, and run this without --packages"
  fi
}

has_systemd() { [ -d /run/systemd/system ]; }

# --- packages

install_packages() {
  [ -n "$packages" ] || return 0
  fetch SHA256SUMS
  [ -z "$sums" ] || printf '%s  SHA256SUMS\n' "$sums" | verify
  missing=''
  for package in $(wanted); do
    name=$(named "$package")
    fetch "$name"
    awk -v name="$name" '$2 == name || $2 == "*" name' "$work/SHA256SUMS" | verify
    is_installed "$package" "$work/$name" || missing="$missing $work/$name"
  done
  # shellcheck disable=SC2086 # a list: the names hold no spaces
  [ -z "$missing" ] || put $missing
}

# The agent's packages, and those of the suite that are here already: all are of one version.
wanted() {
  echo perfcollector-common perfcollector-agent
  for package in perfcollector-server perfcollector-tools; do
    case $format in
      deb) case $(installed_deb "$package") in installed*) echo "$package" ;; esac ;;
      rpm) ! rpm --query --quiet "$package" || echo "$package" ;;
    esac
  done
}

installed_deb() { dpkg-query --show --showformat '${db:Status-Status} ${Version}' "$1" 2>/dev/null || :; }

fetch() {
  case $packages in
    https://*) ;;
    http://*) [ -n "$sums" ] || fail "anybody on the way can change what comes by $packages; use https, or say with --sums what SHA256SUMS must be" ;;
    *)
      cp -- "$packages/$1" "$work/" || fail "$packages does not hold $1; expected a directory with the packages and their SHA256SUMS"
      return
      ;;
  esac
  if has curl; then
    curl --fail --silent --show-error --location --proto-redir =https --output "$work/$1" "$packages/$1"
  elif has wget; then
    # Elsewhere could be without https.
    wget --quiet --max-redirect=0 --output-document="$work/$1" "$packages/$1"
  else
    fail "there is neither curl nor wget here; copy the packages to this host and name their directory with --packages"
  fi || fail "$packages/$1 cannot be fetched"
}

# The file of a package for this host, as SHA256SUMS names it.
named() {
  case $format in
    deb) ending="_\\($deb_arch\\|all\\)[.]deb" && pattern="$1_[0-9][^/]*" ;;
    rpm) ending="[.]\\($rpm_arch\\|noarch\\)[.]rpm" && pattern="$1-[0-9][^/]*" ;;
  esac
  found=$(sed -n "s/^[0-9a-f]\{64\} [ *]\($pattern$ending\)\$/\1/p" "$work/SHA256SUMS")
  case $found in
    '') fail "SHA256SUMS of $packages names no $1 for this architecture as .$format" ;;
    *[[:space:]]*) fail "SHA256SUMS of $packages names several: $(echo "$found" | tr '\n' ' ')- keep one version in a place" ;;
  esac
  printf '%s\n' "$found"
}

verify() {
  (cd "$work" && sha256sum --check --status) ||
    fail "a checksum does not match: what came from $packages is damaged, or is not what was published; nothing was installed"
}

is_installed() {
  case $format in
    deb) [ "$(installed_deb "$1")" = "installed $(dpkg-deb --field "$2" Version)" ] ;;
    rpm) rpm --query "$(rpm --query --package --nosignature "$2")" >/dev/null ;;
  esac
}

# Nothing of these asks: what an administrator has changed in /etc stays.
put() {
  for file; do say "installing $(basename "$file")"; done
  if has apt-get; then
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-remove --no-install-recommends \
      --option Dpkg::Options::=--force-confdef --option Dpkg::Options::=--force-confold "$@"
  elif [ "$format" = deb ]; then
    dpkg --force-confdef --force-confold --install "$@"
  elif has dnf; then
    dnf install --assumeyes --quiet --nogpgcheck "$@"
  elif has zypper; then
    zypper --non-interactive --quiet --no-gpg-checks install --allow-unsigned-rpm "$@"
  elif has yum; then
    yum install --assumeyes --quiet --nogpgcheck "$@"
  else
    rpm --upgrade "$@"
  fi </dev/null >&2 || fail "the packages could not be installed; what is wrong is said above"
}

# --- key and settings

# A file beside the one that it is to replace; nobody else can read it.
draft() {
  new=$(mktemp "$(dirname "$1")/.new.XXXXXX")
}

# Puts the draft in place of the file, whole, with this mode; where nothing is different the file stays.
settle() {
  chmod "$2" "$new"
  if cmp -s "$new" "$1" && [ "$(stat -c '%a %u:%g' "$1")" = "$2 0:0" ]; then
    rm -f "$new"
  else
    mv -f "$new" "$1"
    changed=yes
    say "wrote $1"
  fi
}

# systemd before 247 (RHEL 8) hands no credentials over: there the key is a setting.
takes_credentials() {
  has_systemd || return 0
  version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  [ "$version" -ge 247 ]
}

write_key() {
  [ -n "$key" ] && takes_credentials || return 0
  [ -d "$CREDENTIALS" ] || mkdir "$CREDENTIALS"
  chown 0:0 "$CREDENTIALS"
  chmod 0700 "$CREDENTIALS"
  draft "$KEY"
  printf '%s\n' "$key" >"$new"
  settle "$KEY" 600
}

# A copy: the user of the service can read few of the places where such a file comes from.
write_ca() {
  [ -n "$ca" ] || return 0
  draft "$CA"
  cat -- "$ca" >"$new"
  grep -q 'BEGIN CERTIFICATE' "$new" || fail "$ca holds no certificate; expected one or more in PEM"
  settle "$CA" 644
}

write_settings() {
  [ -f "$SETTINGS" ] || : >"$SETTINGS"
  umask 077
  {
    [ -z "$server" ] || printf 'PCC_MODE=trickle\nPCC_SERVER=%s\n' "$server"
    [ -z "$ca" ] || printf 'PCC_CA=%s\n' "$CA"
    [ -z "$identifier" ] || printf 'PCC_IDENTIFIER=%s\n' "$identifier"
    [ -z "$key" ] || takes_credentials || printf 'PCC_APIKEY=%s\n' "$key"
  } >"$work/settings"
  path=$(readlink -f "$SETTINGS")
  draft "$path"
  set_variables "$work/settings" "$path" >"$new"
  if grep -q '^PCC_APIKEY=' "$new"; then mode=600; else mode=$(stat -c %a "$path"); fi
  settle "$path" "$mode"
}

# The second file with the variables of the first: each in place of the line that sets it, or below the line that shows it as a
# comment, or at the end. All other lines stay as they are.
set_variables() {
  awk -F = '
    FILENAME == ARGV[1] { names[++count] = $1; line[$1] = $0; next }
    {
      text[++last] = $0
      name = $1
      gsub(/[ \t]/, "", name)
      if (name in line) set[name] = last
      else if (sub(/^#/, "", name)) shown[name] = last
    }
    END {
      for (i = 1; i <= count; i++) {
        name = names[i]
        if (name in set) text[set[name]] = line[name]
        else if (name in shown) text[shown[name]] = text[shown[name]] "\n" line[name]
        else text[++last] = line[name]
      }
      for (i = 1; i <= last; i++) print text[i]
    }
  ' "$1" "$2"
}

# --- the service

# What the unit sets, weaker than what the file of settings says.
unit_environment() {
  unit_files | sed -n 's/^Environment=//p' | tr ' ' '\n' |
    awk -F = 'FILENAME == ARGV[1] { sub(/^[ \t]*/, ""); set[$1] = 1; next } NF && !($1 in set)' "$SETTINGS" -
}

unit_files() {
  if has_systemd; then
    systemctl cat pcc
  else
    cat /lib/systemd/system/pcc.service 2>/dev/null || cat /usr/lib/systemd/system/pcc.service
  fi
}

is_active() { has_systemd && systemctl is-active --quiet pcc; }

# Says what pcc check says of the settings, the key and the places that the unit has. The spool of a pcc that runs is its own: another
# name beside it is looked at then.
check() {
  spool=''
  has_systemd || [ -d "$STATE" ] || mkdir -m 0700 "$STATE" # else systemd makes it
  ! is_active || spool=PCC_SPOOL=$STATE/spool-of-check
  # shellcheck disable=SC2046 # a list: a variable each
  env -i PATH="$PATH" HOME="$STATE" CREDENTIALS_DIRECTORY="$CREDENTIALS" $(unit_environment) ${spool:+"$spool"} \
    pcc check --env-file "$SETTINGS" </dev/null
}

start() {
  if [ "$starts" = no ]; then
    say 'pcc was not started'
  elif [ "$code" = 2 ]; then
    say 'pcc would not start with these settings; what ran before was left as it is'
  elif ! has_systemd; then
    say "there is no systemd here, so pcc was not started. Start it by hand, or by what starts services here:"
    say "  CREDENTIALS_DIRECTORY=$CREDENTIALS $(unit_environment | tr '\n' ' ')pcc --env-file $SETTINGS"
  elif ! is_active; then
    systemctl enable --quiet --now pcc || fail "pcc did not start; systemctl status pcc and journalctl -u pcc tell why"
    say 'started pcc'
  elif [ "$changed" = yes ] || runs_old_program; then
    systemctl restart pcc || fail "pcc did not start again; systemctl status pcc and journalctl -u pcc tell why"
    say 'restarted pcc'
  else
    systemctl enable --quiet pcc
    say 'pcc runs, and nothing changed'
  fi
}

# Whether the program was replaced since it was started.
runs_old_program() {
  case $(readlink "/proc/$(systemctl show --property=MainPID --value pcc)/exe") in
    *' (deleted)') return 0 ;;
    *) return 1 ;;
  esac
}

main() {
  parse "$@"
  look
  read_key
  umask 022
  changed=no work='' new=''
  trap 'rm -rf "$work" "$new"' EXIT
  trap 'exit 130' HUP INT TERM
  work=$(mktemp -d)
  chmod 755 "$work" # apt reads as a user of its own
  install_packages
  has pcc || fail "pcc is not installed; say with --packages where its packages are"
  [ -d /etc/perfcollector ] || mkdir /etc/perfcollector
  write_key
  write_ca
  write_settings
  code=0
  check || code=$?
  start
  exit "$code"
}

main "$@"
