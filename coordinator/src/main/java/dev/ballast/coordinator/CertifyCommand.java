package dev.ballast.coordinator;

import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.coordinator.pki.ClusterFiles;
import dev.ballast.coordinator.pki.PkiException;
import dev.ballast.core.settings.SettingsException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code certify}: the files of one more host or operator. */
@Command(
    name = "certify",
    description = "Make the certificate and configuration of one more host or operator.")
final class CertifyCommand implements Callable<Integer> {
  /** Who may get a certificate. */
  enum Kind {
    HOST,
    OPERATOR
  }

  @Parameters(index = "0", paramLabel = "host|operator", description = "what it is for")
  private Kind kind = Kind.HOST;

  @Parameters(index = "1", paramLabel = "NAME", description = "its name")
  private String name = "";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "/etc/ballast",
      description = "the directory that 'init' made (default: ${DEFAULT-VALUE})")
  private Path directory = Path.of("/etc/ballast");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws PkiException, SettingsException {
    CoordinatorConfig config = CoordinatorConfig.load(directory.resolve("coordinator.yaml"));
    ClusterFiles files = new ClusterFiles(directory, config.listen().port(), Clock.systemUTC());
    Path made =
        switch (kind) {
          case HOST -> files.certifyHost(name);
          case OPERATOR -> files.certifyOperator(name);
        };
    spec.commandLine().getOut().println("made " + made);
    return 0;
  }
}
