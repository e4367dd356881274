package dev.ballast.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * The lab of hosts in namespaces, through its script. One lab serves all tests of a JVM; JVMs that
 * run side by side have one each, with its own name, directory and network.
 */
final class Lab implements AutoCloseable {
  static final Path ROOT =
      Path.of(System.getProperty("ballast.root", "../..")).toAbsolutePath().normalize();

  /** This JVM's number among those that run side by side; empty when it runs alone. */
  private static final String FORK = System.getProperty("ballast.lab.fork", "").replace("fork", "");

  static final String NET = FORK.isEmpty() ? variable("BALLAST_LAB_NET", "10.77.0") : forkNet();
  static final String EMULATOR = "/var/cache/ballast-lab/bin/qemu-lab";
  static final String KERNEL = "/var/cache/ballast-lab/guest/vmlinuz";
  static final String INITRD = "/var/cache/ballast-lab/guest/initrd.gz";

  /** The same guest with QEMU's guest agent in it, which {@link #startGuestAgent} starts. */
  static final String AGENT_INITRD = "/var/cache/ballast-lab/guest/initrd-agent.gz";

  private static final String SCRIPT = ROOT.resolve("packaging/lab/lab.sh").toString();

  static {
    // Most conditions start a program; asked more often, they would take the machine for
    // themselves.
    Awaitility.setDefaultPollInterval(Duration.ofMillis(500));
    if (!FORK.isEmpty()) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().unstarted(() -> new Lab().script(60, "down")));
    }
  }

  private Lab() {}

  private static String variable(String name, String absent) {
    return Optional.ofNullable(System.getenv(name)).orElse(absent);
  }

  /** The third number goes on by the fork's. */
  private static String forkNet() {
    String net = variable("BALLAST_LAB_NET", "10.77.0");
    int dot = net.lastIndexOf('.');
    int third = Integer.parseInt(net.substring(dot + 1)) + Integer.parseInt(FORK);
    return net.substring(0, dot + 1) + third;
  }

  private static List<String> script() {
    if (FORK.isEmpty()) {
      return List.of(SCRIPT);
    }
    return List.of(
        "env",
        "BALLAST_LAB_NAME=" + variable("BALLAST_LAB_NAME", "ballast-lab") + "-" + FORK,
        "BALLAST_LAB_DIR=" + variable("BALLAST_LAB_DIR", "/var/tmp/ballast-lab") + "-" + FORK,
        "BALLAST_LAB_NET=" + NET,
        "LAB_KSM_OWNER=none",
        SCRIPT);
  }

  static Lab up(int hosts) {
    Lab lab = new Lab();
    lab.script(120, "up", Integer.toString(hosts)).orFail();
    return lab;
  }

  Shell.Result script(int timeoutSeconds, String... arguments) {
    List<String> command = new ArrayList<>(script());
    command.addAll(List.of(arguments));
    return Shell.run(timeoutSeconds, command);
  }

  /** Runs a command in a host; {@code coordinator} is the switch's network. */
  Shell.Result exec(String host, String... arguments) {
    return Shell.run(60, execCommand(host, List.of(arguments)));
  }

  List<String> execCommand(String host, List<String> arguments) {
    List<String> command = new ArrayList<>(script());
    command.addAll(List.of("exec", host));
    command.addAll(arguments);
    return command;
  }

  String virsh(String host, String... arguments) {
    List<String> command = new ArrayList<>(List.of("virsh", "-q"));
    command.addAll(List.of(arguments));
    return Shell.run(60, execCommand(host, command)).orFail();
  }

  /** Starts a host's libvirtd after its end; one that was just killed may still hold its port. */
  void startLibvirtd(String host) {
    exec(
            host,
            "sh",
            "-c",
            "i=0; until libvirtd -d --listen; do i=$((i + 1)); [ $i -lt 50 ] || exit 1; sleep 0.2;"
                + " done")
        .orFail();
  }

  /** Lets a guest want that much of a CPU; returns when the guest confirmed. */
  void load(String host, String vm, int percent) {
    script(60, "load", host, vm, Integer.toString(percent)).orFail();
  }

  void awaitGuest(String host, String vm) {
    script(100, "wait-guest", host, vm, "90").orFail();
  }

  /** What a command in the guest prints. */
  String inGuest(String host, String vm, String command) {
    return script(60, "run", host, vm, command).orFail().strip();
  }

  /** In a guest that was booted with {@link #AGENT_INITRD} and has the agent's channel. */
  void startGuestAgent(String host, String vm) {
    inGuest(host, vm, "qemu-ga -d -p /dev/vport*p1");
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
