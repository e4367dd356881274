package dev.ballast.bench;

import dev.ballast.bench.pinning.PinningCommand;
import dev.ballast.bench.planetlab.BitbrainsCommand;
import dev.ballast.bench.planetlab.PlanetLabCommand;
import dev.ballast.bench.product.ProductCommand;
import dev.ballast.bench.roadef.RoadefCommand;
import dev.ballast.bench.synthetic.CompareCommand;
import dev.ballast.bench.synthetic.PlacementCommand;
import dev.ballast.bench.synthetic.RebalanceCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ballast-bench}: the benchmarks, one subcommand each. */
@Command(
    name = "ballast-bench",
    description = "Measures Ballast's planning on data that other people made.",
    subcommands = {
      RoadefCommand.class,
      PlacementCommand.class,
      CompareCommand.class,
      PlanetLabCommand.class,
      BitbrainsCommand.class,
      RebalanceCommand.class,
      ProductCommand.class,
      PinningCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class BenchMain {
  private BenchMain() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, not yet run. */
  public static CommandLine commandLine() {
    return new CommandLine(new BenchMain())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("ballast-bench: " + failure.getMessage());
              return failure instanceof InputException ? 2 : 1;
            });
  }
}
