package dev.ballast.core.action;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.VmLimits;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The record of the object that an action was planned against: configuration only, no statistics.
 * The agent refuses an action whose object differs, and names the fields.
 */
public sealed interface Expectation {
  /** The host has no domain of that name. */
  record NoDomain() implements Expectation {}

  /**
   * The domain as it was seen.
   *
   * @param configDigest see {@code ObservedDomain}
   * @param livePins present exactly when the domain was running
   * @param configLimits absent where nobody looked at them, then they are not compared
   * @param liveLimits as {@code configLimits}
   */
  record DomainRecord(
      String uuid,
      DomainState state,
      String configDigest,
      Optional<CpuPins> configPins,
      Optional<CpuPins> livePins,
      Optional<VmLimits> configLimits,
      Optional<VmLimits> liveLimits)
      implements Expectation {
    /** A record without limits. */
    public DomainRecord(
        String uuid,
        DomainState state,
        String configDigest,
        Optional<CpuPins> configPins,
        Optional<CpuPins> livePins) {
      this(uuid, state, configDigest, configPins, livePins, Optional.empty(), Optional.empty());
    }

    /** The same domain with other limits. */
    public DomainRecord withLimits(Optional<VmLimits> newConfig, Optional<VmLimits> newLive) {
      return new DomainRecord(uuid, state, configDigest, configPins, livePins, newConfig, newLive);
    }

    /** The domain as it was observed. */
    public static DomainRecord of(ObservedDomain domain) {
      return new DomainRecord(
          domain.uuid(),
          domain.state(),
          domain.configDigest(),
          domain.configPins(),
          domain.livePins(),
          domain.configLimits(),
          domain.liveLimits());
    }
  }

  /** The KSM knobs as they were seen. */
  record KsmRecord(KsmSettings settings) implements Expectation {}

  /** One thing of the host as it was seen. */
  record HostSettingRecord(HostSetting setting) implements Expectation {}

  /**
   * Bridges as they were seen, without the ports of guests, which come and go.
   *
   * @param present by name
   * @param absent names that no bridge had
   */
  record SwitchRecord(SortedMap<String, SwitchBridge> present, SortedSet<String> absent)
      implements Expectation {
    public SwitchRecord {
      present = Collections.unmodifiableSortedMap(new TreeMap<>(present));
      absent = Collections.unmodifiableSortedSet(new TreeSet<>(absent));
    }

    /** The bridges of those names as they were observed. */
    public static SwitchRecord of(ObservedSwitch observed, SortedSet<String> names) {
      SortedMap<String, SwitchBridge> present = new TreeMap<>();
      SortedSet<String> absent = new TreeSet<>();
      for (String name : names) {
        SwitchBridge bridge = observed.bridges().get(name);
        if (bridge == null) {
          absent.add(name);
        } else {
          present.put(name, bridge.withoutGuests());
        }
      }
      return new SwitchRecord(present, absent);
    }
  }

  /**
   * The object is what the earlier actions of the same plan make of it; the agent checks its
   * predicted state, not a recorded one.
   *
   * @param state the state that the domain is to have by then
   * @param specDigest what must have defined it by then; empty where the plan defines nothing
   */
  record AfterEarlierSteps(DomainState state, String specDigest) implements Expectation {}
}
