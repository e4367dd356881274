package dev.ballast.core.placement;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of the VMs that were to be placed.
 *
 * @param yielding new pins of VMs placed earlier, whose emulators leave CPUs that became dedicated
 */
public record PlacementResult(
    SortedMap<VmName, Placement> placed,
    SortedMap<VmName, Unplaceable> unplaceable,
    SortedMap<VmName, CpuPins> yielding) {
  public PlacementResult {
    placed = Collections.unmodifiableSortedMap(new TreeMap<>(placed));
    unplaceable = Collections.unmodifiableSortedMap(new TreeMap<>(unplaceable));
    yielding = Collections.unmodifiableSortedMap(new TreeMap<>(yielding));
  }
}
