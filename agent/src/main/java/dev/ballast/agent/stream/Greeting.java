package dev.ballast.agent.stream;

import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostObservation;

/** What the agent says of itself at the beginning of each stream, as it is then. */
public interface Greeting {
  HostInventory inventory();

  HostObservation observation();

  long highestTerm();

  long lowWaterMark();

  long lastCommandId();
}
