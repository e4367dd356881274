package dev.ballast.agent;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.inventory.TopologyJson;
import dev.ballast.agent.inventory.TopologyPicture;
import dev.ballast.agent.inventory.TopologyReader;
import dev.ballast.core.topology.Topology;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ballast-agent topology}: prints the topology of this host or of a dump. Exit code 0 when
 * printed, 2 when the root holds no /sys and /proc.
 */
@Command(
    name = "topology",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Print NUMA nodes, packages, caches and cores of this host or of a dump.")
public final class TopologyCommand implements Callable<Integer> {
  enum Output {
    table,
    json
  }

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "Read DIR/sys and DIR/proc instead of this host's (default: ${DEFAULT-VALUE}).")
  private Path root = Path.of("/");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output = Output.table;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification before it calls
  public TopologyCommand() {}

  @Override
  public Integer call() {
    requireDump();
    Topology topology = new TopologyReader(new KernelFiles(root)).read();
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case json -> out.println(TopologyJson.of(topology).toPrettyString());
      case table -> out.print(TopologyPicture.of(topology));
    }
    out.flush();
    return 0;
  }

  private void requireDump() {
    if (!Files.isDirectory(root)) {
      throw new ParameterException(
          spec.commandLine(),
          "--root " + root + " is not a directory: name one that holds sys/ and proc/");
    }
    if (!Files.isDirectory(root.resolve("sys")) && !Files.isDirectory(root.resolve("proc"))) {
      throw new ParameterException(
          spec.commandLine(),
          "--root "
              + root
              + " holds neither sys/ nor proc/: name the directory that a dump unpacks to");
    }
  }
}
