package dev.ballast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One real agent in a lab host, and the fake coordinator that it reports to. */
final class LoneAgent implements AutoCloseable {
  private static final String ADDRESS = Lab.NET + ".254";
  private static final int PORT = 7450;
  private static final Path CLOCK_LIBRARY = Path.of("/var/cache/ballast-lab/bin/lab-clock.so");
  private static final String CLOCK = "clock";

  private final Lab lab;
  private final String host;
  private final Path directory;
  private final Map<String, String> environment;
  private final FakeCoordinator coordinator;
  private Process process;

  private LoneAgent(
      Lab lab,
      String host,
      Path directory,
      Map<String, String> environment,
      FakeCoordinator coordinator)
      throws IOException {
    this.lab = lab;
    this.host = host;
    this.directory = directory;
    this.environment = environment;
    this.coordinator = coordinator;
    this.process = launch();
  }

  static LoneAgent start(Lab lab, String host) throws IOException {
    return start(lab, host, false);
  }

  /** An agent whose wall clock can be set. */
  static LoneAgent startWithClock(Lab lab, String host) throws IOException {
    return start(lab, host, true);
  }

  private static LoneAgent start(Lab lab, String host, boolean ownClock) throws IOException {
    Path directory = Files.createTempDirectory("ballast-agent-it");
    Programs.run(
            lab,
            "coordinator",
            "ballast-coordinator",
            "init",
            "--dir",
            directory.resolve("cluster").toString(),
            "--cluster",
            "it",
            "--address",
            ADDRESS,
            "--host",
            host)
        .orFail();
    Path files = directory.resolve("cluster/hosts").resolve(host);
    Path state = Files.createDirectory(directory.resolve("state"));
    Files.writeString(
        directory.resolve("agent.yaml"),
        String.join(
            "\n",
            List.of(
                "host:",
                "  name: " + host,
                "  capacityCgroup: /sys/fs/cgroup/cpu/machine",
                "coordinator: " + ADDRESS + ":" + PORT,
                "tls:",
                "  ca: " + files.resolve("ca.crt"),
                "  cert: " + files.resolve("host.crt"),
                "  key: " + files.resolve("host.key"),
                "stateDir: " + state,
                "migration:",
                "  uri: qemu+tls://" + host + "/system",
                "telemetry:",
                Cluster.OFTEN,
                "")));
    lab.exec(host, "mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", state.toString()).orFail();
    FakeCoordinator coordinator =
        new FakeCoordinator(lab, directory.resolve("cluster/pki"), ADDRESS, PORT, 7);
    Map<String, String> environment = ownClock ? clockEnvironment(directory) : Map.of();
    return new LoneAgent(lab, host, directory, environment, coordinator);
  }

  private static Map<String, String> clockEnvironment(Path directory) throws IOException {
    if (!Files.exists(CLOCK_LIBRARY)) {
      throw new IOException(CLOCK_LIBRARY + " is missing: run packaging/lab/install.sh");
    }
    Path clock = Files.writeString(directory.resolve(CLOCK), "0\n");
    return Map.of("LD_PRELOAD", CLOCK_LIBRARY.toString(), "LAB_CLOCK", clock.toString());
  }

  private Process launch() throws IOException {
    return Programs.start(
        lab,
        host,
        environment,
        directory.resolve("agent.log"),
        "ballast-agent",
        "run",
        "--config",
        directory.resolve("agent.yaml").toString());
  }

  FakeCoordinator coordinator() {
    return coordinator;
  }

  void kill() {
    Programs.kill(process);
  }

  void restart() throws IOException {
    process = launch();
  }

  Shell.Result ballastAgent(String command, String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = command;
    arguments[1] = "--config";
    arguments[2] = directory.resolve("agent.yaml").toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return Programs.run(lab, host, "ballast-agent", arguments);
  }

  /** What the agent wrote down was written in another boot, as far as it can tell. */
  void pretendReboot() {
    String volatileState = directory.resolve("state/volatile").toString();
    lab.exec(
            host,
            "sh",
            "-c",
            "sed -i \"s/$(cat /proc/sys/kernel/random/boot_id)/00000000-0000-4000-8000-000000000000/\" "
                + volatileState)
        .orFail();
  }

  /** The agent's wall clock jumps, its monotonic clocks do not; needs {@link #startWithClock}. */
  void setClockOffset(long seconds) throws IOException {
    Files.writeString(directory.resolve(CLOCK), seconds + "\n");
  }

  /** The file system of the state directory, as an administrator or a failing disk turns it. */
  void remount(String option) {
    lab.exec(host, "mount", "-o", "remount," + option, directory.resolve("state").toString())
        .orFail();
  }

  void fillDisk() {
    Shell.Result filled =
        lab.exec(host, "dd", "if=/dev/zero", "of=" + directory.resolve("state/fill"), "bs=4k");
    if (!filled.err().contains("No space left")) {
      throw new AssertionError("the disk did not become full: " + filled);
    }
  }

  void emptyDisk() {
    lab.exec(host, "rm", directory.resolve("state/fill").toString()).orFail();
  }

  /** A small guest's XML as Ballast renders it: our mark in its metadata. */
  String domainXml(String vm, String digest) {
    String xml = lab.script(20, "xml", vm, "memory=128").orFail();
    String mark =
        "<metadata><ballast:vm xmlns:ballast='https://ballast.dev/xmlns/domain/1' spec='"
            + digest
            + "'/></metadata>";
    return xml.replace("</name>", "</name>" + mark);
  }

  String log() {
    try {
      return Files.readString(directory.resolve("agent.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    Programs.kill(process);
    coordinator.close();
    lab.exec(host, "umount", directory.resolve("state").toString());
    Programs.deleteTree(directory);
  }
}
