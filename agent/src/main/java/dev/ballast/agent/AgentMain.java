package dev.ballast.agent;

import dev.ballast.core.settings.SettingsException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ballast-agent}: the daemon on each hypervisor. */
@Command(
    name = "ballast-agent",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    description = "The daemon on each hypervisor.",
    subcommands = {
      RunCommand.class,
      TopologyCommand.class,
      CheckConfigCommand.class,
      FreezeCommand.class,
      TrashCommand.class,
      VerifyImagesCommand.class,
      JournalCommand.class,
      RestoreCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage, or faults in the configuration"})
public final class AgentMain {
  private AgentMain() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new AgentMain());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    // One line with the remedy: the usage text would bury it.
    commandLine.setParameterExceptionHandler(
        (fault, args) -> {
          CommandLine command = fault.getCommandLine();
          command
              .getErr()
              .println(command.getCommandSpec().qualifiedName() + ": " + fault.getMessage());
          return command.getCommandSpec().exitCodeOnInvalidInput();
        });
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          Throwable cause = cause(failure);
          command.getErr().println("ballast-agent: " + cause.getMessage());
          return cause instanceof SettingsException || cause instanceof IllegalArgumentException
              ? 2
              : 1;
        });
    return commandLine;
  }

  /** What lies behind the wrapping of the injector. */
  private static Throwable cause(Throwable failure) {
    @Nullable Throwable inner = failure.getCause();
    boolean wrapped = !(failure instanceof IOException || failure instanceof SettingsException);
    return wrapped && inner != null ? cause(inner) : failure;
  }
}
