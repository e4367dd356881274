package dev.ballast.coordinator;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ballast-coordinator}: the server of a cluster. */
@Command(
    name = "ballast-coordinator",
    description = "The server of a Ballast cluster.",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    subcommands = {
      RunCommand.class,
      InitCommand.class,
      CertifyCommand.class,
      RecoverCommand.class,
      CheckConfigCommand.class,
      VersionCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage, or faults in the configuration"})
public final class CoordinatorMain {
  private CoordinatorMain() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new CoordinatorMain())
        .setExecutionExceptionHandler(new FailureReport())
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}
