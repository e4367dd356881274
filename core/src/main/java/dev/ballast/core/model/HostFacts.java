package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an agent notices of its host besides what actions change: for rules of good practice, and to
 * stay out of the way of others.
 *
 * @param clockDetail by what the state of the clock was found; never a figure that changes by
 *     itself
 * @param owners who else manages the host, with what gave them away
 * @param setups of domains with a persistent configuration
 */
public record HostFacts(
    ClockState clock,
    String clockDetail,
    SortedMap<OtherOwner, String> owners,
    SortedMap<VmName, DomainSetup> setups) {
  /** Nothing is known. */
  public static final HostFacts NONE =
      new HostFacts(ClockState.UNKNOWN, "", new TreeMap<>(), new TreeMap<>());

  public HostFacts {
    owners = Collections.unmodifiableSortedMap(new TreeMap<>(owners));
    setups = Collections.unmodifiableSortedMap(new TreeMap<>(setups));
  }

  public Optional<DomainSetup> setup(VmName vm) {
    return Optional.ofNullable(setups.get(vm));
  }
}
