# shellcheck shell=bash
# What demo.sh and test.sh share: who may run them, a JDK, packages, the build, stages with their seconds.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lab=$root/packaging/lab/lab.sh
export DEBIAN_FRONTEND=noninteractive

die() { echo "${0##*/}: $1" >&2; echo "  remedy: $2" >&2; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "needs root: it makes network namespaces, cgroups and guests" "sudo $0"; }

# The newest JDK of at least version 25: JAVA_HOME first, then /usr/lib/jvm, where the default may be an older one.
find_jdk() {
  local home version
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -x "$home/bin/javac" ] && [ -r "$home/release" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
    if [ "${version:-0}" -ge 25 ]; then
      export JAVA_HOME=$home
      return
    fi
  done
  die "no JDK 25 in JAVA_HOME or under /usr/lib/jvm" \
    "install one, for example Temurin's package temurin-25-jdk (adoptium.net) or Debian's openjdk-25-jdk where it exists, or set JAVA_HOME"
}

need_packages() { # PACKAGE...: installs those that are missing
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null
  apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "${missing[@]}" >/dev/null ||
    die "apt-get could not install ${missing[*]}" "see the lines above; apt-get update needs a reachable Debian mirror"
}

stage_name= stage_started= stage_report=()
stage() { # NAME: ends the stage before it, prints what it took
  local now=$EPOCHSECONDS
  [ -z "$stage_name" ] || stage_report+=("$(printf '%5d s  %s' $((now - stage_started)) "$stage_name")")
  stage_name=${1:-} stage_started=$now
  [ -z "$stage_name" ] || printf '\n== %s\n' "$stage_name"
}

print_stages() {
  stage ''
  printf '\nSeconds by stage:\n'
  printf '%s\n' "${stage_report[@]}"
}
