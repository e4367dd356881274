package dev.ballast.core.simulation;

/**
 * A host of the simulation.
 *
 * @param mipsPerCore also the most that one vCPU can get
 */
public record SimulatedHost(
    int cores, double mipsPerCore, double memoryMegabytes, double linkMegabits, PowerModel power) {
  public SimulatedHost {
    if (!(cores > 0 && mipsPerCore > 0 && memoryMegabytes > 0 && linkMegabits > 0)) {
      throw new IllegalArgumentException("a host has cores, speed, memory and a link above 0");
    }
  }

  public double mips() {
    return cores * mipsPerCore;
  }
}
