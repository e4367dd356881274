package dev.ballast.agent;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The agent's command line. */
@Command(
    name = "ballast-agent",
    mixinStandardHelpOptions = true,
    description = "The daemon on each hypervisor.",
    subcommands = TopologyCommand.class)
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
    return commandLine;
  }
}
