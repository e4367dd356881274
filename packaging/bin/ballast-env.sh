# shellcheck shell=bash
# What the launchers share: a JDK of version 25 or newer and the jar of a program. Sourced, not run.
ballast_name=${0##*/}
ballast_bin=$(cd -P "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
ballast_java_needed=25
ballast_java=
ballast_jar=

ballast_die() { # WHAT REMEDY
  echo "$ballast_name: $1: $2" >&2
  exit 1
}

# The major version of a JDK by its release file; empty where there is none.
ballast_java_version() { # HOME
  local line
  [ -r "$1/release" ] || return 0
  while IFS= read -r line; do
    if [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]]; then
      echo "${BASH_REMATCH[1]}"
      return
    fi
  done <"$1/release"
}

# Sets ballast_java: JAVA_HOME if new enough, else the newest under /usr/lib/jvm, else java on the PATH.
ballast_find_java() {
  local home version best=0
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    version=$(ballast_java_version "$JAVA_HOME")
    if [ "${version:-0}" -ge $ballast_java_needed ]; then
      ballast_java=$JAVA_HOME/bin/java
      return
    fi
  fi
  for home in "${BALLAST_JVM_DIR:-/usr/lib/jvm}"/*; do
    [ -x "$home/bin/java" ] || continue
    version=$(ballast_java_version "$home")
    if [ "${version:-0}" -ge $ballast_java_needed ] && [ "$version" -gt "$best" ]; then
      best=$version
      ballast_java=$home/bin/java
    fi
  done
  [ "$best" = 0 ] || return 0
  if ballast_java=$(command -v java) &&
    [[ $("$ballast_java" -version 2>&1) =~ version\ \"([0-9]+) ]] &&
    [ "${BASH_REMATCH[1]}" -ge $ballast_java_needed ]; then
    return
  fi
  ballast_die "needs Java $ballast_java_needed or newer, found none in JAVA_HOME, ${BALLAST_JVM_DIR:-/usr/lib/jvm} or on the PATH" \
    "install a JDK $ballast_java_needed, for example the package temurin-25-jdk (adoptium.net), or set JAVA_HOME"
}

# Sets ballast_jar: from BALLAST_LIB, from ../lib beside an installed bin, or from the build of a checkout.
ballast_find_jar() { # JAR MODULE
  local directory
  if [ -n "${BALLAST_LIB:-}" ]; then
    ballast_jar=$BALLAST_LIB/$1
    [ -r "$ballast_jar" ] || ballast_die "$ballast_jar cannot be read" "set BALLAST_LIB to the directory of Ballast's jars"
    return
  fi
  for directory in "$ballast_bin/../lib" "$ballast_bin/../../$2/target"; do
    if [ -r "$directory/$1" ]; then
      ballast_jar=$(cd "$directory" && pwd)/$1
      return
    fi
  done
  ballast_die "found no $1" "build it with 'mvn -DskipTests -pl $2 -am package', or set BALLAST_LIB to its directory"
}

# Appends the flag for the jar's ahead-of-time cache to ballast_flags, where a fresh one lies beside the jar.
ballast_use_aot() { # CACHE
  local cache=${ballast_jar%/*}/$1
  if [ -r "$cache" ] && [ "$cache" -nt "$ballast_jar" ]; then
    ballast_flags+=(-XX:AOTCache="$cache" -Xlog:aot=off -Xlog:cds=off)
  fi
}
