package dev.ballast.agent;

import dev.ballast.core.model.Capability;
import dev.ballast.core.model.HostInventory;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The inventory as of the last stream's beginning: reading it is dear, and it hardly changes. */
final class StableInventory {
  private final Supplier<HostInventory> reader;
  private @Nullable HostInventory last;

  StableInventory(Supplier<HostInventory> reader) {
    this.reader = reader;
  }

  /** Read anew. */
  synchronized HostInventory refreshed() {
    HostInventory now = reader.get();
    last = now;
    return now;
  }

  private synchronized HostInventory known() {
    HostInventory now = last;
    return now == null ? refreshed() : now;
  }

  SortedMap<Capability, String> lacks() {
    return known().lacks();
  }

  long capacityMillis() {
    return known().cpuCapacityMillis();
  }
}
