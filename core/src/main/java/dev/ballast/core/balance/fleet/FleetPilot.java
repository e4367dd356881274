package dev.ballast.core.balance.fleet;

import java.util.List;

/** Decides where the VMs of a fleet start and which of them move. */
public interface FleetPilot {
  /** The host of each VM before anything was measured. */
  int[] place();

  /** What moves now, in the order in which it is to be done. */
  List<FleetMove> decide(FleetReading reading);
}
