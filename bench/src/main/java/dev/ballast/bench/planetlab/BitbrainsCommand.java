package dev.ballast.bench.planetlab;

import dev.ballast.bench.Figures;
import dev.ballast.bench.InputException;
import dev.ballast.bench.Measurement;
import dev.ballast.core.simulation.PowerModel;
import dev.ballast.core.simulation.SimulatedHost;
import dev.ballast.core.simulation.SimulationSettings;
import dev.ballast.core.simulation.SimulationSettings.Memory;
import dev.ballast.core.simulation.SimulationSettings.Sight;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ballast-bench bitbrains}: a fleet runs a recorded month of business VMs. */
@Command(
    name = "bitbrains",
    description = {
      "Simulates a month of GWA-T-12 (Bitbrains) on equal hosts: 12 x 3067 MHz, 192 GiB,",
      "10 Gbit/s, watts of an IBM x3550 (Xeon X5675). VMs that no host can hold are left out and",
      "counted. Both accountings of memory unless --memory names one; figures as in planetlab."
    },
    mixinStandardHelpOptions = true)
public final class BitbrainsCommand implements Callable<Integer> {
  private static final int HOSTS_LIMIT = 10_000;

  private static final SimulatedHost HOST =
      new SimulatedHost(
          12,
          3067,
          192 * 1024,
          10_000,
          PowerModel.of(58.4, 98, 109, 118, 128, 140, 153, 170, 189, 205, 222));

  @Option(
      names = "--trace",
      required = true,
      description =
          "a month (plain, .xz or .gz: a VM a line, id cores MHz MB start n cpu%%,.. MB,..)")
  private @Nullable Path trace;

  @Option(
      names = "--policy",
      defaultValue = "consolidate",
      description = "balance, consolidate, stable or forecast; default ${DEFAULT-VALUE}")
  private PlanetLabCommand.Policy policy = PlanetLabCommand.Policy.CONSOLIDATE;

  @Option(names = "--memory", description = "ignore or enforce; both if absent")
  private @Nullable Memory memory;

  @Option(
      names = "--sight",
      defaultValue = "FRESH",
      description = "fresh or stale, as in planetlab; default ${DEFAULT-VALUE}")
  private Sight sight = Sight.FRESH;

  @Option(
      names = "--hosts",
      defaultValue = "60",
      description = "1 to " + HOSTS_LIMIT + "; default ${DEFAULT-VALUE}")
  private int hosts = 60;

  @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "TABLE",
      description = "table or json")
  private Figures.Format format = Figures.Format.TABLE;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (trace == null || spec == null) {
      throw new IllegalStateException("picocli fills the options");
    }
    if (hosts < 1 || hosts > HOSTS_LIMIT) {
      throw new ParameterException(
          spec.commandLine(), "--hosts " + hosts + ": choose 1 to " + HOSTS_LIMIT);
    }
    BitbrainsReader.Month month = BitbrainsReader.read(trace, HOST);
    List<Map<String, Object>> runs = new ArrayList<>();
    for (Memory each : memory == null ? Memory.values() : new Memory[] {memory}) {
      runs.add(run(month, each));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (runs.size() == 1) {
      Figures.print(runs.getFirst(), format, out);
    } else {
      switch (format) {
        case JSON -> Figures.print(Map.of("runs", runs), format, out);
        case TABLE -> RunTable.print(runs, out);
      }
    }
    return 0;
  }

  private Map<String, Object> run(BitbrainsReader.Month month, Memory accounting) {
    Map<String, Object> figures = new LinkedHashMap<>();
    String name = accounting.name().toLowerCase(Locale.ROOT);
    figures.put("trace", name);
    figures.put("policy", policy.toString());
    figures.put("memory", name);
    figures.put("hosts", hosts);
    figures.put("leftOutVms", month.leftOut());
    SimulationSettings settings =
        SimulationSettings.standard(month.vms().getFirst().usage().length, accounting, sight);
    Measurement measurement = new Measurement();
    switch (policy.contender()) {
      case Candidate.Keeper keeper ->
          FleetRun.run(
              Collections.nCopies(hosts, HOST),
              month.vms(),
              settings,
              new FleetRun.Plan(keeper.policy(), seed),
              figures);
      case Candidate.Reference reference ->
          throw new InputException(
              policy + " (" + reference.detector() + ") is for planetlab; choose another policy");
    }
    measurement.addTo(figures);
    return figures;
  }
}
