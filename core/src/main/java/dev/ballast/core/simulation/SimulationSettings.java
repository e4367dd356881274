package dev.ballast.core.simulation;

/**
 * How a simulation runs.
 *
 * @param ticks so many decisions, each with the demand that follows it
 * @param tickSeconds between decisions; demand is constant in between
 * @param migrationLinkShare of a host's link that one migration gets; a host's link serves one
 *     migration at a time
 * @param migrationLoss share of its CPU that a VM loses while it migrates, and that its target
 *     spends on receiving it
 * @param memory whether hosts have only the memory that they have
 * @param sight what a decision knows
 */
public record SimulationSettings(
    int ticks,
    double tickSeconds,
    double migrationLinkShare,
    double migrationLoss,
    Memory memory,
    Sight sight) {
  /** Whether hosts have only the memory that they have. */
  public enum Memory {
    /** Hosts have memory without end, as in CloudSim once VMs have migrated. */
    IGNORE,
    /** A VM's memory is held on its host, while it migrates on both. */
    ENFORCE
  }

  /** What a decision knows. */
  public enum Sight {
    /** The demand of this moment, which then holds until the next decision (as in CloudSim). */
    FRESH,
    /** Only the demand up to the previous decision. */
    STALE
  }

  public SimulationSettings {
    if (!(ticks > 0 && tickSeconds > 0)) {
      throw new IllegalArgumentException("ticks and tickSeconds are above 0");
    }
    if (!(migrationLinkShare > 0 && migrationLinkShare <= 1)) {
      throw new IllegalArgumentException("migrationLinkShare is above 0 and at most 1");
    }
    if (!(migrationLoss >= 0 && migrationLoss < 1)) {
      throw new IllegalArgumentException("migrationLoss is at least 0 and below 1");
    }
  }

  /** The standard experiment's: 300 s, half a link for migration, a tenth of the CPU lost. */
  public static SimulationSettings standard(int ticks, Memory memory, Sight sight) {
    return new SimulationSettings(ticks, 300, 0.5, 0.1, memory, sight);
  }
}
