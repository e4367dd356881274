package dev.ballast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged programs, started through their launchers inside the lab. */
final class Programs {
  private Programs() {}

  static String launcher(String name) {
    return Lab.ROOT.resolve("packaging/bin").resolve(name).toString();
  }

  /** Starts a daemon in a host, its output in a file. */
  static Process start(Lab lab, String host, Path log, String name, String... arguments)
      throws IOException {
    return start(lab, host, Map.of(), log, name, arguments);
  }

  static Process start(
      Lab lab,
      String host,
      Map<String, String> environment,
      Path log,
      String name,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "JAVA_HOME=" + javaHome()));
    environment.forEach((key, value) -> command.add(key + "=" + value));
    command.add(launcher(name));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(lab.execCommand(host, command))
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Runs a program to its end in a host. */
  static Shell.Result run(Lab lab, String host, String name, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "JAVA_HOME=" + javaHome()));
    command.add(launcher(name));
    command.addAll(List.of(arguments));
    return Shell.run(120, lab.execCommand(host, command));
  }

  static String javaHome() {
    return System.getProperty("java.home");
  }

  /** Ends a daemon and all below it, as a power failure would end a process: SIGKILL. */
  static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    awaitEnd(process);
  }

  /** Asks a daemon to end, as systemd does: SIGTERM. */
  static void terminate(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    awaitEnd(process);
  }

  private static void awaitEnd(Process process) {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
