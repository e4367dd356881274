#!/bin/bash
# Installs what the tests need, builds, and runs every test: unit, property and architecture tests, then the lab's own
# test, then the integration tests on real libvirt, QEMU, Open vSwitch, KSM and cgroups. Run as root; 25 to
# 30 minutes on two CPUs.
#
#   packaging/test.sh            everything that belongs to a change
#   packaging/test.sh --long     also what takes longer (see the last lines of the output)
#   packaging/test.sh faults     only the crash harness: every place of every kind of action, SIGKILL
#   packaging/test.sh faults --long  at least 5,000 rounds of it
set -euo pipefail
. "$(dirname "$0")/setup.sh"
cd "$root"
long=false
case ${1:-} in
  '') ;;
  --long) long=true ;;
  faults) exec "$root"/packaging/faults.sh "${@:2}" ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
need_root
find_jdk

cleanup() {
  local status=$?
  "$lab" down >/dev/null 2>&1 || true
  local fork # those of the tests that run side by side end with their JVM; this is for one that was killed
  for fork in 1 2; do
    BALLAST_LAB_NAME=${BALLAST_LAB_NAME:-ballast-lab}-$fork \
      BALLAST_LAB_DIR=${BALLAST_LAB_DIR:-/var/tmp/ballast-lab}-$fork "$lab" down >/dev/null 2>&1 || true
  done
  [ $status = 0 ] || { print_stages; echo "test.sh: FAILED in stage '${failed_stage:-$stage_name}'"; }
  exit $status
}
trap cleanup EXIT
trap 'failed_stage=$stage_name' ERR
trap 'exit 130' INT TERM

maven=(mvn -B -q -Dstyle.color=never)

stage "packages"
need_packages maven jq
packaging/lab/install.sh

stage "build, unit, property and architecture tests"
"${maven[@]}" -T 2 -pl '!packaging/it' verify

stage "crash harness"
packaging/faults.sh --built

stage "lab"
packaging/lab/lab-test.sh

stage "integration tests"
quiet_seconds=65
! $long || quiet_seconds=180
"${maven[@]}" -pl packaging/it -am -DskipUnitTests=true -Dballast.it.quietSeconds=$quiet_seconds verify

if $long; then
  stage "crash harness, 5,000 rounds"
  packaging/faults.sh --long --built
  stage "nested Debian host"
  packaging/lab/nested-test.sh
  stage "spike timeline, 20 spikes"
  packaging/bench/spikes.sh 20
  stage "demo, watched for 3 minutes after the migration"
  BALLAST_DEMO_QUIET_SECONDS=180 packaging/demo.sh
  stage "agent's footprint, 5 minutes"
  packaging/bench/footprint.sh 300
fi

print_stages
packaging/summary.sh
$long || echo "left out (run with --long): 5,000 rounds of the crash harness, the nested Debian host, the timeline of 20 spikes, the demo watched for 3 minutes, the agent's footprint over 5 minutes"
