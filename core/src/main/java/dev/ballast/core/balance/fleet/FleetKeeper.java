package dev.ballast.core.balance.fleet;

import dev.ballast.core.demand.DemandLevel;
import dev.ballast.core.demand.HoltForecast;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keeps a fleet by one policy, decision by decision: follows each VM's demand, steers the margin,
 * plans the moves. The same readings give the same moves.
 *
 * <p><b>What a host is committed to.</b> Demands of single VMs are mostly noise from one sample to
 * the next, but a host carries the sum of many; means and variances add up:
 *
 * <pre>
 * committed = scale · Σ mean + margin · √(Σ variance) ≤ CPU capacity
 * </pre>
 *
 * with {@link DemandLevel} for mean and variance, the margin of {@link MarginPolicy}, and scale =
 * clamp(the fleet's sum followed faster / Σ mean, 0.7, 1.3), since the fleet's sum is steady enough
 * to be followed faster than any VM (stochastic bin packing; Breitgand and Epstein 2012). VMs are
 * placed by decreasing size into the host that becomes fullest (packing) or stays emptiest.
 *
 * <p><b>Relief.</b> Hosts whose CPU is used up now give away the one VM that ends it with the least
 * left over; hosts committed beyond the tolerance do the same, and may switch on another host.
 *
 * <p><b>Emptying.</b> The hosts with fewest VMs are emptied if the others can take all of them with
 * a margin wider than usual.
 */
public final class FleetKeeper implements FleetPilot {
  private static final double SCALE_LEAST = 0.7;
  private static final double SCALE_MOST = 1.3;

  /** The fleet's sum says more than the VMs' own means only after so many samples. */
  private static final int SAMPLES_BEFORE_SCALE = 10;

  private static final double FORECAST_LEVEL_GAIN = 0.3;
  private static final double FORECAST_TREND_GAIN = 0.1;

  private final FleetShape shape;
  private final FleetPolicy policy;
  private final long seed;
  private final DemandLevel[] levels;
  private final HoltForecast[] forecasts;
  private final int[] movedAtTick;
  private double fleetSum;
  private double margin;
  private int samples;

  /**
   * @param seed orders VMs of equal size
   */
  public FleetKeeper(FleetShape shape, FleetPolicy policy, long seed) {
    this.shape = shape;
    this.policy = policy;
    this.seed = seed;
    this.levels = new DemandLevel[shape.vms()];
    this.forecasts = new HoltForecast[shape.vms()];
    this.movedAtTick = new int[shape.vms()];
    Arrays.fill(movedAtTick, Integer.MIN_VALUE / 2);
    FleetPolicy.Prior prior = policy.prior();
    for (int vm = 0; vm < levels.length; vm++) {
      double cpu = shape.vmCpu()[vm];
      levels[vm] = DemandLevel.prior(prior.mean() * cpu, prior.deviation() * cpu);
      forecasts[vm] = HoltForecast.from(prior.mean() * cpu, cpu);
    }
    this.margin = policy.margin().start();
  }

  /** How many standard deviations are kept free at present. */
  public double margin() {
    return margin;
  }

  @Override
  public int[] place() {
    int[] nowhere = new int[shape.vms()];
    Arrays.fill(nowhere, FleetBoard.NONE);
    FleetBoard board =
        new FleetBoard(shape, nowhere, means(), variances(), new double[shape.vms()], 1);
    for (int vm : largestFirst()) {
      int host = board.target(vm, margin, 1, policy.packs());
      if (host == FleetBoard.NONE) {
        host = board.empty(vm, margin, 1);
      }
      if (host == FleetBoard.NONE) {
        host = board.leastCommitted(vm, margin);
      }
      if (host == FleetBoard.NONE) {
        throw new IllegalArgumentException(
            "VM " + vm + " has no host with memory left; the fleet is too small");
      }
      board.put(vm, host);
    }
    return board.hostOf;
  }

  private int[] largestFirst() {
    double cpu = Arrays.stream(shape.cpu()).average().orElse(1);
    double memory = Arrays.stream(shape.memory()).average().orElse(1);
    double[] size = new double[shape.vms()];
    for (int vm = 0; vm < size.length; vm++) {
      size[vm] = Math.max(levels[vm].mean() / cpu, shape.vmMemory()[vm] / memory);
    }
    return IntStream.range(0, size.length)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(vm -> -size[vm]).thenComparingLong(this::shuffled))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** A fixed pseudo-random number of a VM (the finaliser of SplitMix64). */
  private long shuffled(int vm) {
    long z = seed * 0x9e3779b97f4a7c15L + vm;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public List<FleetMove> decide(FleetReading reading) {
    observe(reading);
    double[] means = means();
    double scale = 1;
    if (samples > SAMPLES_BEFORE_SCALE) {
      double sum = Math.max(Double.MIN_NORMAL, Arrays.stream(means).sum());
      scale = Math.clamp(fleetSum / sum, SCALE_LEAST, SCALE_MOST);
    }
    FleetBoard board =
        new FleetBoard(shape, reading.hostOf(), means, variances(), expected(reading), scale);
    int coolDown = policy.relief().coolDownTicks();
    List<FleetMove> moves =
        new FleetPlanner(board, policy, margin, vm -> reading.tick() - movedAtTick[vm] >= coolDown)
            .plan();
    moves.forEach(move -> movedAtTick[move.vm()] = reading.tick());
    return moves;
  }

  private void observe(FleetReading reading) {
    FleetPolicy.Gains gains = policy.gains();
    double sum = 0;
    for (int vm = 0; vm < levels.length; vm++) {
      double sample = reading.wanted()[vm];
      sum += sample;
      levels[vm] = levels[vm].next(sample, gains.level(), gains.spread());
      forecasts[vm] = forecasts[vm].next(sample, FORECAST_LEVEL_GAIN, FORECAST_TREND_GAIN);
    }
    fleetSum = samples == 0 ? sum : fleetSum + gains.fleet() * (sum - fleetSum);
    samples++;
    margin = policy.margin().next(margin, reading.overloadedShare());
  }

  /**
   * A fresh sample is believed to hold until the next decision, of an old one only its forecast.
   */
  private double[] expected(FleetReading reading) {
    return reading.fresh()
        ? reading.wanted()
        : Arrays.stream(forecasts).mapToDouble(forecast -> forecast.ahead(1)).toArray();
  }

  private double[] means() {
    return Arrays.stream(levels).mapToDouble(DemandLevel::mean).toArray();
  }

  private double[] variances() {
    return Arrays.stream(levels).mapToDouble(DemandLevel::variance).toArray();
  }
}
