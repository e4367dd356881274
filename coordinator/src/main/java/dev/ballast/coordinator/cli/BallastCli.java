package dev.ballast.coordinator.cli;

import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** {@code ballast}: reads the command line, runs one command, ends with its exit code. */
@Command(
    name = "ballast",
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes a cluster of plain KVM hosts predictable.",
    commandListHeading = "%nCommands (each has --help):%n",
    footer = {
      "",
      "A command that changes something prints its plan and changes nothing without --run.",
      "Configuration: $BALLAST_CONFIG or ~/.config/ballast/config.yaml (server, ca, cert, key)."
    })
public final class BallastCli extends CliCommand {
  private final Surroundings surroundings;

  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a fault.")
  private boolean debug;

  private BallastCli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  public static void main(String[] arguments) {
    // Libraries would print their warnings between the lines; what matters arrives as a fault.
    Logger.getLogger("").setLevel(Level.OFF);
    boolean noColor = !System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    Surroundings surroundings =
        new Surroundings(
            System.getenv(),
            Terminal.ofProcess(noColor),
            Clock.system(ZoneId.systemDefault()),
            new NettyConnector());
    System.exit(commandLine(surroundings).execute(arguments));
  }

  static CommandLine commandLine(Surroundings surroundings) {
    BallastCli cli = new BallastCli(surroundings);
    CommandLine line = new CommandLine(cli);
    cli.commands().forEach(line::addSubcommand);
    Terminal terminal = surroundings.terminal();
    line.setOut(terminal.out());
    line.setErr(terminal.err());
    line.setColorScheme(terminal.colors());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(terminal.live() ? terminal.columns() : USAGE_COLUMNS);
    line.setParameterExceptionHandler((fault, words) -> cli.wrongUsage(fault));
    line.setExecutionExceptionHandler((fault, command, result) -> cli.failed(fault));
    return line;
  }

  private static final int USAGE_COLUMNS = 100;

  private List<CliCommand> commands() {
    return List.of(
        new StatusCommand(this),
        new HostsCommand(this),
        new VmsCommand(this),
        new NetworksCommand(this),
        new TopologyCommand(this),
        new TopCommand(this),
        new PlanCommand(this),
        new ApplyCommand(this),
        new AdoptCommand(this),
        new RollbackCommand(this),
        new PinCommand(this),
        new MigrateCommand(this),
        new DrainCommand(this),
        new RebalanceCommand(this),
        new CordonCommand(this),
        new UncordonCommand(this),
        new LimitCommand(this),
        new SetTimeCommand(this),
        new KsmCommand(this),
        new HugepagesCommand(this),
        new ReserveCommand(this),
        new TimeSourcesCommand(this),
        new LibvirtNetworkCommand(this),
        new LinkCommand(this),
        new ForwardCommand(this),
        new ForwardingCommand(this),
        new BridgeCommand(this),
        new ImageCommand(this),
        new SnapshotCommand(this),
        new SnapshotsCommand(this),
        new RevertCommand(this),
        new TrashCommand(this),
        new PurgeCommand(this),
        new PlansCommand(this),
        new OperationsCommand(this),
        new AbortCommand(this),
        new ExplainCommand(this),
        new EventsCommand(this),
        new DriftCommand(this),
        new DoctorCommand(this),
        new FreezeCommand(this),
        new AutomationCommand(this),
        new CompletionCommand(surroundings));
  }

  /** Without a command there is nothing to do but say which there are. */
  @Override
  public Integer call() {
    CommandLine line = commandLine(surroundings);
    line.usage(surroundings.terminal().err());
    return ExitCode.USAGE;
  }

  Session open() {
    int timeoutSeconds = connection.checkedTimeoutSeconds();
    return new Session(surroundings, connection.target(surroundings.environment()), timeoutSeconds);
  }

  private int wrongUsage(ParameterException fault) {
    String command = fault.getCommandLine().getCommandSpec().qualifiedName();
    surroundings
        .terminal()
        .error("ballast: " + fault.getMessage() + ": see '" + command + " --help'");
    return ExitCode.USAGE;
  }

  private int failed(Exception fault) {
    Terminal terminal = surroundings.terminal();
    if (debug) {
      fault.printStackTrace(terminal.err());
    }
    if (fault instanceof CliException known) {
      terminal.error("ballast: " + known.getMessage());
      return known.exitCode();
    }
    terminal.error("ballast: unexpected: " + fault + ": --debug tells more; please report it");
    return ExitCode.FAILED;
  }
}
