package dev.ballast.coordinator;

import dev.ballast.coordinator.pki.ClusterFiles;
import dev.ballast.coordinator.pki.PkiException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code init}: the files of a new cluster. */
@Command(
    name = "init",
    description = {
      "Make the files of a new cluster: a certificate authority, the coordinator's configuration"
          + " and certificate, and those of its hosts and operators. Nothing is overwritten.",
    })
final class InitCommand implements Callable<Integer> {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "/etc/ballast",
      description = "where to write them (default: ${DEFAULT-VALUE})")
  private Path directory = Path.of("/etc/ballast");

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      defaultValue = "ballast",
      description = "the cluster's name (default: ${DEFAULT-VALUE})")
  private String cluster = "ballast";

  @Option(
      names = "--address",
      paramLabel = "DNS|IP",
      description =
          "how agents and operators call the coordinator; repeat for several, the first one goes"
              + " into their configuration (default: this machine's name)")
  private List<String> addresses = new ArrayList<>();

  @Option(names = "--host", paramLabel = "NAME", description = "a host; repeat for several")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--operator",
      paramLabel = "NAME",
      description = "an operator; repeat for several")
  private List<String> operators = new ArrayList<>();

  @Option(
      names = "--state-root",
      paramLabel = "DIR",
      description =
          "keep the state of coordinator and agents in directories of their names under this one,"
              + " for several on one machine (default: /var/lib/ballast/coordinator and"
              + " /var/lib/ballast/agent)")
  private @Nullable Path stateRoot;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws PkiException {
    if (addresses.isEmpty()) {
      addresses = List.of(localName());
    }
    new ClusterFiles(directory, ClusterFiles.PORT, Clock.systemUTC())
        .init(
            new ClusterFiles.Request(
                cluster,
                addresses,
                hosts,
                operators,
                Optional.ofNullable(stateRoot).map(Path::toAbsolutePath)));
    tellNextSteps(spec.commandLine().getOut());
    return 0;
  }

  private static String localName() throws PkiException {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      throw new PkiException(
          "this machine's own name is not known: give --address DNS_NAME_OR_IP", e);
    }
  }

  private void tellNextSteps(PrintWriter out) {
    out.println("The files of cluster '" + cluster + "' are in " + directory + ". Next:");
    out.println(
        "  start it     ballast-coordinator run --config " + directory + "/coordinator.yaml");
    for (String host : hosts) {
      out.println(
          "  host         copy " + directory + "/hosts/" + host + "/ to /etc/ballast on it");
    }
    for (String operator : operators) {
      out.println(
          "  operator     export BALLAST_CONFIG="
              + directory
              + "/operators/"
              + operator
              + "/config.yaml");
    }
    out.println("  more later   ballast-coordinator certify host|operator NAME --dir " + directory);
    out.println(
        "Keep "
            + directory
            + "/pki/ca.key secret: who has it can make certificates of this cluster.");
  }
}
