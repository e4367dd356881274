package dev.ballast.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A coordinator and one agent a host, as processes in the lab; used through the command line. */
final class Cluster implements AutoCloseable {
  static final String ADDRESS = Lab.NET + ".254";

  /** What no event tells of is seen soon: the tests wait for it. */
  static final String OFTEN = "  sweepMillis: 2000";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static boolean commandLineCached;

  final Lab lab;
  final Path directory;
  private final List<String> hosts;
  private final Map<String, Process> agents = new TreeMap<>();
  private Process coordinator;

  private Cluster(Lab lab, Path directory, List<String> hosts) throws IOException {
    this.lab = lab;
    this.directory = directory;
    this.hosts = hosts;
    this.coordinator = launchCoordinator();
  }

  /** A new cluster with its own certificates, on empty hosts, all agents connected. */
  static Cluster start(Lab lab, String automation, String... hostNames) throws IOException {
    return startWith(lab, automation, "", "", hostNames);
  }

  /** As the other, with lines that the configurations end with. */
  static Cluster startWith(
      Lab lab, String automation, String coordinatorLines, String agentLines, String... hostNames)
      throws IOException {
    Path directory = Files.createTempDirectory("ballast-cluster-it").resolve("cluster");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "init",
                "--dir",
                directory.toString(),
                "--cluster",
                "it",
                "--address",
                ADDRESS,
                "--operator",
                "admin",
                "--state-root",
                directory.resolveSibling("state").toString()));
    for (String host : hostNames) {
      lab.clear(host);
      arguments.addAll(List.of("--host", host));
    }
    Programs.run(lab, "coordinator", "ballast-coordinator", arguments.toArray(String[]::new))
        .orFail();
    edit(
        directory.resolve("coordinator.yaml"),
        "(?m)^#? *automation:.*$",
        "automation: " + automation);
    for (String host : hostNames) {
      edit(
          directory.resolve("hosts").resolve(host).resolve("agent.yaml"),
          "(?m)^#(migration:|  uri: qemu|  tls: true)",
          "$1");
      edit(
          directory.resolve("hosts").resolve(host).resolve("agent.yaml"),
          "(?m)^( *)name: " + host + "$",
          "$0\n$1capacityCgroup: /sys/fs/cgroup/cpu/machine");
      edit(
          directory.resolve("hosts").resolve(host).resolve("agent.yaml"),
          "(?m)^  #sweepMillis:.*$",
          OFTEN);
    }
    append(directory.resolve("coordinator.yaml"), coordinatorLines);
    for (String host : hostNames) {
      append(directory.resolve("hosts").resolve(host).resolve("agent.yaml"), agentLines);
    }
    Cluster cluster = new Cluster(lab, directory, Arrays.asList(hostNames));
    for (String host : hostNames) {
      cluster.startAgent(host);
    }
    cluster.awaitConnected(hostNames.length);
    cluster.cacheCommandLine();
    return cluster;
  }

  /** The tests call the command line hundreds of times: with its cache it takes half the time. */
  private void cacheCommandLine() {
    if (!commandLineCached) {
      Shell.run(120, command(Programs.launcher("ballast-aot"), "hosts")).orFail();
      commandLineCached = true;
    }
  }

  static void edit(Path file, String pattern, String replacement) throws IOException {
    String before = Files.readString(file);
    String after = before.replaceAll(pattern, replacement);
    if (after.equals(before) && !before.contains(replacement)) {
      throw new AssertionError(file + " has nothing like " + pattern + ":\n" + before);
    }
    Files.writeString(file, after);
  }

  private static void append(Path file, String lines) throws IOException {
    Files.writeString(file, lines, StandardOpenOption.APPEND);
  }

  private Process launchCoordinator() throws IOException {
    return Programs.start(
        lab,
        "coordinator",
        directory.resolve("coordinator.log"),
        "ballast-coordinator",
        "run",
        "--config",
        directory.resolve("coordinator.yaml").toString());
  }

  void startAgent(String host) throws IOException {
    agents.put(
        host,
        Programs.start(
            lab,
            host,
            directory.resolve(host + "-agent.log"),
            "ballast-agent",
            "run",
            "--config",
            directory.resolve("hosts").resolve(host).resolve("agent.yaml").toString()));
  }

  void killAgent(String host) {
    Programs.kill(agents.get(host));
  }

  void killCoordinator() {
    Programs.kill(coordinator);
  }

  void startCoordinator() throws IOException {
    coordinator = launchCoordinator();
  }

  void awaitConnected(int count) {
    await()
        .atMost(Duration.ofMinutes(3))
        .until(
            () -> {
              Shell.Result status = ballast("status", "-o", "json");
              return status.exit() == 0
                  && parse(status.out()).path("hostsConnected").asInt() == count;
            });
  }

  /** The command line as operator admin. */
  Shell.Result ballast(String... arguments) {
    return Shell.run(180, command(Programs.launcher("ballast"), arguments));
  }

  /** The command line in the background. */
  Process ballastAsync(Path output, String... arguments) throws IOException {
    return new ProcessBuilder(command(Programs.launcher("ballast"), arguments))
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private List<String> command(String launcher, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "JAVA_HOME=" + Programs.javaHome(),
                "BALLAST_CONFIG=" + directory.resolve("operators/admin/config.yaml"),
                launcher));
    command.addAll(Arrays.asList(arguments));
    return lab.execCommand("coordinator", command);
  }

  JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("-o", "json"));
    return parse(ballast(all.toArray(String[]::new)).orFail());
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  /** A small guest of the lab as a specification file. */
  Path guest(Path folder, String vm, String host) throws IOException {
    Files.createDirectories(folder);
    String placement = host.isEmpty() ? "" : "placement:\n  hosts: [" + host + "]\n";
    return Files.writeString(
        folder.resolve(vm + ".yaml"),
        """
        kind: VM
        name: %s
        vcpus: 1
        memory: 128MiB
        type: qemu
        machine: pc
        emulator: %s
        boot:
          kernel: %s
          initrd: %s
          cmdline: "console=ttyS0 quiet ballast.name=%s"
        """
                .formatted(vm, Lab.EMULATOR, Lab.KERNEL, Lab.INITRD, vm)
            + placement);
  }

  String log() throws IOException {
    StringBuilder text = new StringBuilder(Files.readString(directory.resolve("coordinator.log")));
    for (String host : hosts) {
      text.append("\n--- ").append(host).append('\n');
      text.append(Files.readString(directory.resolve(host + "-agent.log")));
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    agents.values().forEach(Programs::kill);
    Programs.kill(coordinator);
    for (String host : hosts) {
      lab.clear(host);
    }
    Programs.deleteTree(directory.getParent());
  }
}
