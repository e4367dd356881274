package dev.ballast.bench.planetlab;

import dev.ballast.bench.Figures;
import dev.ballast.bench.InputException;
import dev.ballast.bench.Measurement;
import dev.ballast.bench.cloudsim.CloudSimReference;
import dev.ballast.bench.cloudsim.Detector;
import dev.ballast.core.balance.fleet.FleetPolicy;
import dev.ballast.core.simulation.EnergyFloor;
import dev.ballast.core.simulation.SimulatedHost;
import dev.ballast.core.simulation.SimulatedVm;
import dev.ballast.core.simulation.SimulationSettings;
import dev.ballast.core.simulation.SimulationSettings.Memory;
import dev.ballast.core.simulation.SimulationSettings.Sight;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ballast-bench planetlab}: a fleet of 800 hosts runs recorded days. */
@Command(
    name = "planetlab",
    description = {
      "Simulates a day of 800 hosts under recorded demand (the standard CloudSim experiment).",
      "slatah, pdm, slav and unserved are shares, not percent; esv = energyKwh * slatah * pdm.",
      "One day and policy print all figures; several print a line each (json: an array 'runs')."
    },
    mixinStandardHelpOptions = true)
public final class PlanetLabCommand implements Callable<Integer> {
  /** Policies by the name that the command line has for them. */
  enum Policy {
    BALANCE,
    CONSOLIDATE,
    STABLE,
    FORECAST,
    LR_MMT,
    THR_MMT;

    Candidate.Contender contender() {
      return switch (this) {
        case BALANCE -> new Candidate.Keeper(FleetPolicy.BALANCE);
        case CONSOLIDATE -> new Candidate.Keeper(FleetPolicy.CONSOLIDATE);
        case STABLE -> new Candidate.Keeper(FleetPolicy.STABLE);
        case FORECAST -> new Candidate.Keeper(FleetPolicy.FORECAST);
        case LR_MMT -> new Candidate.Reference(Detector.LOCAL_REGRESSION);
        case THR_MMT -> new Candidate.Reference(Detector.THRESHOLD);
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Option(
      names = "--trace",
      required = true,
      description = "a day (plain, .xz or .gz: a VM a line, name and percents) or a folder of days")
  private @Nullable Path trace;

  @Option(
      names = "--policy",
      defaultValue = "consolidate",
      description =
          "${COMPLETION-CANDIDATES}; the last two are CloudSim 3.0.3's, in its own experiment"
              + " (--memory ignore, --sight fresh); default ${DEFAULT-VALUE}")
  private Policy policy = Policy.CONSOLIDATE;

  @Option(
      names = "--memory",
      defaultValue = "ENFORCE",
      description =
          "ignore (pack by CPU alone, as CloudSim does) or enforce; default ${DEFAULT-VALUE}")
  private Memory memory = Memory.ENFORCE;

  @Option(
      names = "--sight",
      defaultValue = "FRESH",
      description =
          "what a decision knows: fresh (the sample of its moment, as in CloudSim) or stale (only"
              + " those before); default ${DEFAULT-VALUE}")
  private Sight sight = Sight.FRESH;

  @Option(
      names = "--pareto",
      description = "all policies, consolidate also with other tolerated shares of overload")
  private boolean pareto;

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
    if (policy.contender() instanceof Candidate.Reference && !isCloudSim()) {
      throw new InputException(
          policy + " runs as CloudSim does; add --memory ignore and leave --sight fresh");
    }
    List<Map<String, Object>> runs = new ArrayList<>();
    for (Path day : TraceReader.files(trace)) {
      runs.addAll(day(day));
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

  private boolean isCloudSim() {
    return memory == Memory.IGNORE && sight == Sight.FRESH;
  }

  private List<Map<String, Object>> day(Path day) {
    List<SimulatedVm> vms = StandardFleet.vms(TraceReader.read(day));
    List<Map<String, Object>> runs = new ArrayList<>();
    for (Candidate candidate : candidates()) {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("trace", day.getFileName().toString());
      figures.put("policy", candidate.name());
      figures.put("memory", memory.name().toLowerCase(Locale.ROOT));
      Measurement measurement = new Measurement();
      switch (candidate.contender()) {
        case Candidate.Keeper(FleetPolicy values) ->
            FleetRun.run(
                StandardFleet.hosts(),
                vms,
                settings(vms),
                new FleetRun.Plan(values, seed),
                figures);
        case Candidate.Reference(Detector detector) -> run(vms, detector, figures);
      }
      measurement.addTo(figures);
      runs.add(figures);
    }
    if (pareto) {
      Front.mark(runs);
    }
    return runs;
  }

  private List<Candidate> candidates() {
    return pareto ? Candidate.forFront(isCloudSim()) : List.of(Candidate.of(policy));
  }

  private SimulationSettings settings(List<SimulatedVm> vms) {
    return SimulationSettings.standard(vms.getFirst().usage().length, memory, sight);
  }

  private void run(List<SimulatedVm> vms, Detector detector, Map<String, Object> figures) {
    List<SimulatedHost> hosts = StandardFleet.hosts();
    CloudSimReference.Result result = new CloudSimReference(detector, hosts, vms).run();
    double floor =
        EnergyFloor.kwh(
            hosts, vms, SimulationSettings.standard(vms.getFirst().usage().length, memory, sight));
    figures.put("vms", vms.size());
    figures.put("floorKwh", floor);
    figures.put("energyKwh", result.energyKwh());
    figures.put("energyToFloor", result.energyKwh() / floor);
    figures.put("migrations", result.migrations());
    figures.put("slatah", result.slatah());
    figures.put("slatahFull", result.slatahFull());
    figures.put("pdm", result.pdm());
    figures.put("slav", result.slav());
    figures.put("esv", result.esv());
    figures.put("meanHosts", result.meanHosts());
    figures.put("vanishedVms", result.vanished());
  }
}
