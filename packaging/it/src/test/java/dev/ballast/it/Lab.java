package dev.ballast.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** The lab of hosts in namespaces, through its script. One lab serves a whole test run. */
final class Lab implements AutoCloseable {
  static final Path ROOT =
      Path.of(System.getProperty("ballast.root", "../..")).toAbsolutePath().normalize();
  static final String NET = Optional.ofNullable(System.getenv("BALLAST_LAB_NET")).orElse("10.77.0");
  static final String EMULATOR = "/var/cache/ballast-lab/bin/qemu-lab";
  static final String KERNEL = "/var/cache/ballast-lab/guest/vmlinuz";
  static final String INITRD = "/var/cache/ballast-lab/guest/initrd.gz";
  private static final String SCRIPT = ROOT.resolve("packaging/lab/lab.sh").toString();

  static {
    // Most conditions start a program; asked more often, they would take the machine for
    // themselves.
    Awaitility.setDefaultPollInterval(Duration.ofMillis(500));
  }

  private Lab() {}

  static Lab up(int hosts) {
    Lab lab = new Lab();
    lab.script(120, "up", Integer.toString(hosts)).orFail();
    return lab;
  }

  Shell.Result script(int timeoutSeconds, String... arguments) {
    List<String> command = new ArrayList<>(List.of(SCRIPT));
    command.addAll(List.of(arguments));
    return Shell.run(timeoutSeconds, command);
  }

  /** Runs a command in a host; {@code coordinator} is the switch's network. */
  Shell.Result exec(String host, String... arguments) {
    return Shell.run(60, execCommand(host, List.of(arguments)));
  }

  List<String> execCommand(String host, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(SCRIPT, "exec", host));
    command.addAll(arguments);
    return command;
  }

  String virsh(String host, String... arguments) {
    List<String> command = new ArrayList<>(List.of("virsh", "-q"));
    command.addAll(List.of(arguments));
    return Shell.run(60, execCommand(host, command)).orFail();
  }

  /** Lets a guest want that much of a CPU; returns when the guest confirmed. */
  void load(String host, String vm, int percent) {
    script(60, "load", host, vm, Integer.toString(percent)).orFail();
  }

  void awaitGuest(String host, String vm) {
    script(100, "wait-guest", host, vm, "90").orFail();
  }

  /** The CPUs that the guest's first vCPU may use, by the kernel. */
  String vcpuAllowed(String host, String vm) {
    return exec(
            host,
            "sh",
            "-c",
            "for t in /proc/$(cat /run/libvirt/qemu/"
                + vm
                + ".pid)/task/*; do if grep -q 'CPU 0' $t/comm; then"
                + " sed -n 's/Cpus_allowed_list:\\t//p' $t/status; fi; done")
        .orFail()
        .strip();
  }

  /** Ends and forgets all domains of a host. */
  void clear(String host) {
    for (String name : virsh(host, "list", "--all", "--name").split("\n")) {
      if (!name.isBlank()) {
        exec(host, "virsh", "-q", "destroy", name.strip());
        exec(host, "virsh", "-q", "undefine", name.strip());
      }
    }
  }

  @Override
  public void close() {
    script(120, "down").orFail();
  }
}
