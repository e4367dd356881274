#!/bin/bash
# Kills agents with SIGKILL at every place of every kind of action and looks what became of host, journal and outcome.
# The last line counts; exit code 1 when a round was lost or an action ran twice.
#
#   packaging/faults.sh           every place once, at least 200 rounds
#   packaging/faults.sh --long    at least 5,000 rounds: second deaths while recovering, deaths at any moment
#   packaging/faults.sh --rounds N
#   packaging/faults.sh --built   with the classes that are in agent/target
set -euo pipefail
. "$(dirname "$0")/setup.sh"
cd "$root"
rounds=200
built=false
while [ $# -gt 0 ]; do
  case $1 in
    --long) rounds=5000 ;;
    --rounds) rounds=${2:?}; shift ;;
    --built) built=true ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
  esac
  shift
done
find_jdk
$built || mvn -B -q -Dstyle.color=never -Pquick -pl agent -am -DskipUnitTests=true package

work=$root/agent/target/faults
rm -rf "$work"
mkdir -p "$work"
jar=$work/faults.jar
"$JAVA_HOME"/bin/jar cf "$jar" -C agent/target/classes dev/ballast/agent \
  -C agent/target/test-classes dev/ballast/agent/command -C agent/target/test-classes dev/ballast/agent/host/ovs
classpath=$jar:$root/agent/target/ballast-agent.jar
package=dev.ballast.agent.command
java=("$JAVA_HOME"/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -XX:-UsePerfData
  --enable-native-access=ALL-UNNAMED -cp "$classpath")

# One life of each scenario, to train the cache of classes that makes the many starts cheap.
scenarios=$("${java[@]}" $package.FaultLife --count)
{ for ((i = 0; i < scenarios; i++)); do echo "$work/training-$i $i 0"; done; } |
  "${java[@]}" -XX:AOTCacheOutput="$work/classes.aot" $package.FaultLife >"$work/training.log" 2>&1
rm -rf "$work"/training-*

exec "${java[@]}" $package.FaultRun "$work" "$rounds" "${java[@]}" -XX:AOTCache="$work/classes.aot" $package.FaultLife
