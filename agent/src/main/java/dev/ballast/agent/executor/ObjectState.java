package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.Tuning;
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

/** An object that actions change, as it is or as earlier actions will leave it. */
public sealed interface ObjectState {
  /** For people, one line. */
  String describe();

  /** The host has no domain of that name. */
  record NoDomain() implements ObjectState {
    @Override
    public String describe() {
      return "no such domain";
    }
  }

  /**
   * A domain.
   *
   * @param active whether a QEMU process exists
   * @param xml the persistent configuration with secrets; absent for a transient domain and for a
   *     predicted one
   * @param definedDigest the config digest that the domain had when Ballast had defined it
   * @param digestKnown false for a predicted domain whose configuration libvirt has not yet made
   * @param configTuning the persistent limits; absent for a transient domain and for a predicted
   *     one
   * @param liveTuning the running domain's limits; absent when it does not run
   */
  record DomainPresent(
      ObservedDomain domain,
      boolean active,
      boolean autostart,
      boolean managedSave,
      Optional<String> xml,
      Optional<String> definedDigest,
      boolean digestKnown,
      Optional<Tuning> configTuning,
      Optional<Tuning> liveTuning)
      implements ObjectState {
    /** A domain whose limits are not known. */
    public DomainPresent(
        ObservedDomain domain,
        boolean active,
        boolean autostart,
        boolean managedSave,
        Optional<String> xml,
        Optional<String> definedDigest,
        boolean digestKnown) {
      this(
          domain,
          active,
          autostart,
          managedSave,
          xml,
          definedDigest,
          digestKnown,
          Optional.empty(),
          Optional.empty());
    }

    /** Whether a persistent configuration exists. */
    public boolean persistent() {
      return domain.configPins().isPresent();
    }

    /** Whether it is what Ballast defined, not edited since. */
    public boolean untouchedSinceDefined() {
      return definedDigest.isPresent() && definedDigest.get().equals(domain.configDigest());
    }

    @Override
    public String describe() {
      return domain.state()
          + ", "
          + domain.vcpus()
          + " vCPUs"
          + domain.configPins().map(pins -> ", pins " + PinText.of(pins)).orElse(", transient")
          + domain.livePins().map(pins -> ", live pins " + PinText.of(pins)).orElse("")
          + domain.configMemory().map(nodes -> ", memory " + nodes).orElse("")
          + domain
              .liveMemory()
              .filter(nodes -> !domain.configMemory().equals(Optional.of(nodes)))
              .map(nodes -> ", live memory " + nodes)
              .orElse("")
          + domain.configLimits().map(limits -> ", " + limits).orElse("")
          + domain
              .liveLimits()
              .filter(
                  live ->
                      !domain
                          .configLimits()
                          .map(VmLimits::withoutBalloon)
                          .equals(Optional.of(live)))
              .map(limits -> ", live " + limits)
              .orElse("");
    }

    public DomainPresent withDomain(ObservedDomain changed) {
      return new DomainPresent(
          changed,
          active,
          autostart,
          managedSave,
          xml,
          definedDigest,
          digestKnown,
          configTuning,
          liveTuning);
    }

    /** The same domain with other limits. */
    public DomainPresent withTuning(
        Optional<Tuning> config, Optional<Tuning> live, ObservedDomain changed) {
      return new DomainPresent(
          changed, active, autostart, managedSave, xml, definedDigest, digestKnown, config, live);
    }
  }

  /**
   * Open vSwitch cannot be asked.
   *
   * @param reason for people
   */
  record NoSwitch(String reason) implements ObjectState {
    @Override
    public String describe() {
      return "no Open vSwitch: " + reason;
    }
  }

  /**
   * The host's Open vSwitch.
   *
   * @param names the bridges that an action concerns; empty for an observation of all
   * @param trouble why these bridges do not work as they are written down; empty when they do
   * @param rows what the rows of these bridges hold, as text; empty for a predicted state
   */
  record SwitchPresent(
      ObservedSwitch observed, SortedSet<String> names, String trouble, String rows)
      implements ObjectState {
    public SwitchPresent {
      names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    /** The bridges that the action concerns, without guests' ports. */
    SortedMap<String, SwitchBridge> concerned() {
      SortedMap<String, SwitchBridge> found = new TreeMap<>();
      for (String name : names) {
        SwitchBridge bridge = observed.bridges().get(name);
        if (bridge != null) {
          found.put(name, bridge.withoutGuests());
        }
      }
      return found;
    }

    @Override
    public String describe() {
      SortedMap<String, SwitchBridge> found = concerned();
      StringBuilder text = new StringBuilder();
      for (String name : names) {
        SwitchBridge bridge = found.get(name);
        text.append(text.isEmpty() ? "" : ", ").append("bridge ").append(name).append(' ');
        text.append(bridge == null ? "absent" : "(" + bridge.describe() + ")");
      }
      return trouble.isEmpty() ? text.toString() : text + "; " + trouble;
    }
  }

  /** The kernel shows no KSM. */
  record NoKsm() implements ObjectState {
    @Override
    public String describe() {
      return "no KSM";
    }
  }

  /** The machine has no such thing to set. */
  record NoHostSetting(String key) implements ObjectState {
    @Override
    public String describe() {
      return "the host has no " + key;
    }
  }

  /** One thing of the machine. */
  record HostSettingPresent(HostSetting setting) implements ObjectState {
    @Override
    public String describe() {
      return setting.describe();
    }
  }

  /** The KSM knobs. */
  record KsmPresent(KsmSettings settings) implements ObjectState {
    @Override
    public String describe() {
      return settings.describe();
    }
  }
}
