package dev.ballast.core.spec;

import static dev.ballast.core.spec.Parsed.BASE;
import static dev.ballast.core.spec.Parsed.faults;
import static dev.ballast.core.spec.Parsed.faultsWith;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueFaultsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          automation: autp        | 6:13: 'automation' is off, recommend or auto, not 'autp' (did you mean 'auto'?)
          automation: false       | 6:13: 'automation' is off, recommend or auto, not 'false' (did you mean 'off'?)
          run: [running]          | 6:6: 'run' is running or stopped, not a list
          run: ~                  | 6:6: 'run' has no value: it is running or stopped (write one, or remove the key)
          run:                    | 6:5: 'run' has no value: it is running or stopped (write one, or remove the key)
          runs: stopped           | 6:1: unknown key 'runs' (did you mean 'run'?)
          <<: {run: stopped}      | 6:1: unknown key '<<' (merge keys are not read: write the values out)
          name: other             | 6:1: key 'name' is written twice (first on line 2)
          type: xen               | 6:7: 'type' is auto, kvm or qemu, not 'xen'
          machine: pc q35         | 6:10: 'machine' is the name of a machine type, not 'pc q35'
          emulator: bin/qemu      | 6:11: 'emulator' is the absolute path of a file, not 'bin/qemu'
          emulator: /usr/bin/     | 6:11: 'emulator' is the absolute path of a file, not '/usr/bin/'
          cpu: shared             | 6:6: 'cpu' is a mapping of policy, pins, not 'shared'
          cpu: {polcy: shared}    | 6:7: unknown key 'polcy' in 'cpu' (did you mean 'policy'?)
          labels: [web]           | 6:9: 'labels' is a mapping of labels, such as {tier: web}, not a list
          labels: {-a: b}         | 6:10: label key '-a' is not letters, digits, '-', '_', '.' and '/', at most 63
          labels: {a: "b\\nc"}    | 6:13: 'labels.a' has a line break (write it on one line, or after '>-')
          labels: {a: "\\e[2J"}   | 6:13: 'labels.a' holds the character U+001B (remove it)
          labels: {a: !b c}       | 6:13: tags such as '!b' are not read (write the plain value)
          labels: {a: *b}         | 6:13: aliases such as '*b' are not read (write the value out)
          labels: {[a]: b}        | 6:10: a key is a word, not a list
          hugepages: 2MB          | 6:12: 'hugepages': '2MB' is no size: a whole number with B, KiB, MiB, GiB or TiB, such as 64MiB (such as 2MiB or 1GiB)
          hugepages: 3MiB         | 6:12: 'hugepages': a hugepage has a power of two of bytes, 64 KiB to 16 GiB, not 3145728 (such as 2MiB or 1GiB)
          hugepages: 1GiB         | 6:12: 'memory' 128MiB is no multiple of 1GiB (the next is 1GiB)
          devices: [{count: 1}]   | 6:11: key 'devices[0].pool' is missing (name a pool of some agent.yaml)
          devices: [{pool: a}, {pool: a}] | 6:22: pool 'a' is listed twice (write one entry with a 'count')
          devices: [{pool: a, count: 17}] | 6:28: 'devices[0].count' is a whole number from 1 to 16, not 17
          placement: {hosts: h1}  | 6:20: 'placement.hosts' is a list, such as [a, b], not 'h1'
          placement: {hosts: [h1, h1]} | 6:25: 'h1' is listed twice
          placement: {hosts: ["a b"]}  | 6:21: 'placement.hosts[0]' is letters, digits, '-', '_' and '.', at most 63, the first a letter or digit, not 'a b'
          """)
  void keysAndWords(String line, String fault) {
    assertThat(faultsWith(line + "\n")).containsExactly("web.yaml:" + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {kernel: /k}                | 6:7: key 'boot.initrd' is missing (to boot the first disk, leave 'boot' out)
          {kernel: k, initrd: /i}     | 6:16: 'boot.kernel' is the absolute path of a file, not 'k'
          {kernel: /k, initrd: /i, cmd: q} | 6:32: unknown key 'cmd' in 'boot' (known: kernel, initrd, cmdline)
          """)
  void boot(String boot, String fault) {
    assertThat(faultsWith("boot: " + boot)).containsExactly("web.yaml:" + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          128     | not '128' (the unit is missing: for mebibytes write '128MiB')
          128MB   | not '128MB' (did you mean '128MiB'?)
          128M    | not '128M' (did you mean '128MiB'?)
          2g      | not '2g' (did you mean '2GiB'?)
          128mib  | not '128mib' (did you mean '128MiB'?)
          1.5GiB  | not '1.5GiB' (such as 512MiB)
          -1MiB   | not '-1MiB' (such as 512MiB)
          """)
  void memoryUnits(String memory, String end) {
    assertThat(faults(BASE.replace("128MiB", memory)))
        .containsExactly(
            "web.yaml:4:9: 'memory' is a whole number with a unit (B, KiB, MiB, GiB or TiB), "
                + end);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          0MiB               | 'memory' is from 1MiB to 64TiB, not 0MiB
          1023KiB            | 'memory' is from 1MiB to 64TiB, not 1023KiB
          65TiB              | 'memory' is from 1MiB to 64TiB, not 65TiB
          999999999999999TiB | 'memory' is from 1MiB to 64TiB, not 999999999999999TiB
          1048577B           | 'memory' is a multiple of 1 KiB, not 1048577B (the next is 1025KiB)
          """)
  void memoryBounds(String memory, String fault) {
    assertThat(faults(BASE.replace("128MiB", memory))).containsExactly("web.yaml:4:9: " + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          0    | not 0
          256  | not 256
          -1   | not '-1'
          1.0  | not '1.0'
          010  | not '010'
          two  | not 'two'
          1e9  | not '1e9'
          99999999999 | not '99999999999'
          "1"  | here it is text in quotes (write 1 without quotes)
          """)
  void vcpus(String vcpus, String end) {
    String expected = "web.yaml:3:8: 'vcpus' is a whole number from 1 to 255, " + end;
    assertThat(faults(BASE.replace("vcpus: 1", "vcpus: " + vcpus))).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {vcpus: "0-1"}            | 6:21: 'cpu.pins.vcpus' is a list, such as ["0", "1"], not '0-1'
          {vcpus: ["0", "1"]}       | 6:21: 'cpu.pins.vcpus' has 2 CPU lists for 1 vCPUs (write one for each vCPU)
          {vcpus: ["0-"]}           | 6:22: 'cpu.pins.vcpus[0]' is a CPU list: '0-' is not a CPU number or range (such as "0-3,5")
          {vcpus: ["3-1"]}          | 6:22: 'cpu.pins.vcpus[0]' is a CPU list: CPU range '3-1' runs backwards (such as "0-3,5")
          {vcpus: ["9999"]}         | 6:22: 'cpu.pins.vcpus[0]' is a CPU list: CPU 9999 is not within 0-8191 (such as "0-3,5")
          {vcpus: [""]}             | 6:22: 'cpu.pins.vcpus[0]' names no CPU (such as "0-3,5")
          {vcpus: [[0]]}            | 6:22: 'cpu.pins.vcpus[0]' is text, not a list
          {emulator: "0"}           | 6:13: key 'cpu.pins.vcpus' is missing (one CPU list for each vCPU)
          {vcpus: ["0"], emulator: x} | 6:38: 'cpu.pins.emulator' is a CPU list: 'x' is not a CPU number or range (such as "0-3,5")
          """)
  void pins(String pins, String fault) {
    assertThat(faultsWith("cpu: {pins: " + pins + "}")).containsExactly("web.yaml:" + fault);
  }

  @Test
  void dedicatedPinsNeedACpuForEachVcpu() {
    assertThat(
            faults(
                BASE.replace("vcpus: 1", "vcpus: 2")
                    + "cpu: {policy: dedicated, pins: {vcpus: [\"0\", \"0\"]}}"))
        .containsExactly(
            "web.yaml:6:40: policy 'dedicated' gives each vCPU a CPU of its own, the pins have 1"
                + " for 2 vCPUs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {mac: 52:54:00:00:00:01}            | 6:8: key 'nics[0].bridge' is missing (the host's bridge that it joins; or name a 'network')
          {bridge: a-bridge-too-far}          | 6:17: 'nics[0].bridge' is the name of a bridge: letters, digits, '-', '_' and '.', at most 15, not 'a-bridge-too-far'
          {bridge: br0, mac: 52-54-00-00-00-01} | 6:27: 'nics[0].mac' is six octets such as 52:54:00:12:34:56, not '52-54-00-00-00-01' (did you mean '52:54:00:00:00:01'?)
          {bridge: br0, mac: 52:54:00:00:00}  | 6:27: 'nics[0].mac' is six octets such as 52:54:00:12:34:56, not '52:54:00:00:00'
          {bridge: br0, mac: FE:54:00:00:00:01} | 6:27: 'nics[0].mac' fe:54:00:00:00:01 begins with FE, which libvirt keeps for the host's side (begin with 52:54:00)
          {bridge: br0, mac: 00:00:00:00:00:00} | 6:27: 'nics[0].mac' is the null address (remove the key and Ballast derives one)
          {bridge: br0, openVswitch: yes}     | 6:35: 'nics[0].openVswitch' is true or false, not 'yes' (write true, without quotes)
          {bridge: br0, openVswitch: "false"} | 6:35: 'nics[0].openVswitch' is true or false, not 'false' (write false, without quotes)
          {bridge: br0, openVswitch: maybe}   | 6:35: 'nics[0].openVswitch' is true or false, not 'maybe'
          br0                                 | 6:8: 'nics[0]' is a mapping of network, bridge, mac, openVswitch, vlan, limits, not 'br0'
          """)
  void nics(String nic, String fault) {
    assertThat(faultsWith("nics: [" + nic + "]")).containsExactly("web.yaml:" + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {format: raw}                         | 5:9: key 'disks[0].path' is missing (the absolute path of its file, or an 'image' and a 'size')
          {path: /a}                            | 5:9: key 'disks[0].format' is missing (qcow2 or raw)
          {path: /a, format: qcow}              | 5:28: 'disks[0].format' is qcow2 or raw, not 'qcow' (did you mean 'qcow2'?)
          {path: /a, format: raw, cache: unsafe} | 5:40: cache mode unsafe loses a disk's data with its host (write 'writeback', or mark the VM with 'labels: {ephemeral: "true"}')
          {path: 'iscsi://san/disk', format: raw} | 5:16: 'path' is no iSCSI or RBD disk: 'iscsi://san/disk' (iscsi://HOST[:PORT]/IQN/LUN or rbd://MONITOR[,MONITOR]/POOL/IMAGE, with ?user=NAME&secret=UUID where needed)
          {path: 'rbd://m/p/i', format: qcow2} | 5:39: a disk over the network is raw
          {size: 3} | 5:16: 'size' is a size in whole MiB, 1MiB to 64TiB, not '3' (such as 20GiB)
          {image: a} | 5:9: key 'disks[0].size' is missing (such as 'size: 20GiB')
          {size: 1GiB, from: overlay} | 5:28: an image is missing (overlay and clone are made from an 'image', blank is not)
          {image: a, size: 1GiB, from: blank} | 5:38: a blank disk has no 'image' (overlay and clone are made from an 'image', blank is not)
          {path: /a, size: 1GiB} | 5:16: a disk that Ballast makes has its name from the VM (leave 'path' out, or 'image' and 'size')
          {path: /a, format: raw, cache: wb}    | 5:40: 'disks[0].cache' is none, writethrough, writeback, directsync or unsafe, not 'wb'
          {path: /a, format: raw, readonly: true} | 5:33: unknown key 'readonly' in 'disks[0]' (did you mean 'readOnly'?)
          {path: /a, format: raw}, {path: /a, format: raw} | 5:34: the VM has the disk '/a' twice
          """)
  void disks(String disk, String fault) {
    assertThat(faults(BASE.replace("{path: /srv/web-1.qcow2, format: qcow2}", disk)))
        .containsExactly("web.yaml:" + fault);
  }

  @Test
  void vmWithoutDiskAndKernel() {
    String fault =
        "web.yaml:1:1: the VM has nothing to boot from (write 'disks', or 'boot' with a kernel)";
    assertThat(faults(BASE.replaceAll("disks:.*", "disks: []"))).containsExactly(fault);
    assertThat(faults(BASE.replaceAll("disks:.*", ""))).containsExactly(fault);
  }

  @Test
  void kind() {
    assertThat(faults(BASE.replace("kind: VM", "kind: vm")))
        .containsExactly(
            "web.yaml:1:7: 'kind' is VM, Network or Image, not 'vm' (did you mean 'VM'?)");
    assertThat(faults("kind: Disk\nname: 3"))
        .containsExactly("web.yaml:1:7: 'kind' is VM, Network or Image, not 'Disk'");
  }
}
