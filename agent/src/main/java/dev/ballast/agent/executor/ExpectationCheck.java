package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.HostSettingPresent;
import dev.ballast.agent.executor.ObjectState.KsmPresent;
import dev.ballast.agent.executor.ObjectState.SwitchPresent;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.FieldDifference;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import dev.ballast.core.model.VmLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An expectation held against an object.
 *
 * @param differences the fields that are not as expected
 * @param certain false when a field could not be compared because the object is only predicted
 */
public record ExpectationCheck(List<FieldDifference> differences, boolean certain) {
  public ExpectationCheck {
    differences = List.copyOf(differences);
  }

  public static ExpectationCheck of(Expectation expectation, ObjectState state) {
    return switch (expectation) {
      case Expectation.NoDomain() ->
          state instanceof ObjectState.NoDomain
              ? new ExpectationCheck(List.of(), true)
              : kind("no such domain", state);
      case DomainRecord record ->
          state instanceof DomainPresent present
              ? domain(record, present)
              : kind("domain " + record.uuid(), state);
      case KsmRecord(var settings) ->
          state instanceof KsmPresent(var found) ? ksm(settings, found) : kind("KSM", state);
      case Expectation.HostSettingRecord(var setting) ->
          state instanceof HostSettingPresent(var found) && found.key().equals(setting.key())
              ? compare(setting.key(), setting.value(), found.value())
              : kind(setting.key(), state);
      case Expectation.SwitchRecord record ->
          state instanceof SwitchPresent present
              ? bridges(record, present)
              : kind("Open vSwitch", state);
      case AfterEarlierSteps(var domainState, String digest) ->
          state instanceof DomainPresent present
              ? later(domainState.name(), digest, present)
              : kind("a domain", state);
    };
  }

  /** What the coordinator was never told is not compared. */
  private static ExpectationCheck ksm(KsmSettings expected, KsmSettings found) {
    return expected.heldBy(found)
        ? new ExpectationCheck(List.of(), true)
        : compare("ksm", expected.describe(), found.describe());
  }

  private static ExpectationCheck kind(String expected, ObjectState found) {
    return compare("object", expected, found.describe());
  }

  private static ExpectationCheck compare(String field, String expected, String found) {
    List<FieldDifference> differences = new ArrayList<>();
    add(differences, field, expected, found);
    return new ExpectationCheck(differences, true);
  }

  private static ExpectationCheck domain(DomainRecord expected, DomainPresent found) {
    List<FieldDifference> differences = new ArrayList<>();
    boolean uuidKnown = !found.domain().uuid().isEmpty();
    if (uuidKnown) {
      add(differences, "uuid", expected.uuid(), found.domain().uuid());
    }
    add(differences, "state", expected.state().name(), found.domain().state().name());
    if (found.digestKnown()) {
      add(differences, "configDigest", expected.configDigest(), found.domain().configDigest());
    }
    add(differences, "configPins", text(expected.configPins()), text(found.domain().configPins()));
    add(differences, "livePins", text(expected.livePins()), text(found.domain().livePins()));
    limits(differences, "configLimits", expected.configLimits(), found.domain().configLimits());
    limits(differences, "liveLimits", expected.liveLimits(), found.domain().liveLimits());
    return new ExpectationCheck(differences, uuidKnown && found.digestKnown());
  }

  /** Compared where both sides looked. */
  private static void limits(
      List<FieldDifference> differences,
      String field,
      Optional<VmLimits> expected,
      Optional<VmLimits> found) {
    if (expected.isPresent() && found.isPresent()) {
      add(differences, field, expected.get().toString(), found.get().toString());
    }
  }

  private static ExpectationCheck bridges(Expectation.SwitchRecord expected, SwitchPresent found) {
    List<FieldDifference> differences = new ArrayList<>();
    for (String name : expected.absent()) {
      if (found.observed().bridges().containsKey(name)) {
        differences.add(new FieldDifference("bridge " + name, "absent", "present"));
      }
    }
    expected
        .present()
        .forEach(
            (name, bridge) -> {
              SwitchBridge now = found.observed().bridges().get(name);
              if (now == null) {
                differences.add(new FieldDifference("bridge " + name, "present", "absent"));
              } else {
                bridge(differences, bridge, now.withoutGuests());
              }
            });
    return new ExpectationCheck(differences, true);
  }

  private static void bridge(
      List<FieldDifference> differences, SwitchBridge expected, SwitchBridge found) {
    String field = "bridge " + expected.name();
    add(
        differences,
        field + " owner",
        expected.owner().orElse("none"),
        found.owner().orElse("none"));
    SortedSet<String> ports = new TreeSet<>(expected.ports().keySet());
    ports.addAll(found.ports().keySet());
    for (String port : ports) {
      add(
          differences,
          field + " port " + port,
          text(expected.ports().get(port)),
          text(found.ports().get(port)));
    }
  }

  private static String text(@Nullable SwitchPort port) {
    return port == null ? "none" : port.describe();
  }

  private static ExpectationCheck later(String state, String digest, DomainPresent found) {
    List<FieldDifference> differences = new ArrayList<>();
    add(differences, "state", state, found.domain().state().name());
    if (!digest.isEmpty()) {
      add(differences, "specDigest", digest, found.domain().specDigest().orElse("none"));
    }
    return new ExpectationCheck(differences, true);
  }

  private static String text(Optional<CpuPins> pins) {
    return pins.map(PinText::of).orElse("none");
  }

  private static void add(
      List<FieldDifference> differences, String field, String expected, String found) {
    if (!expected.equals(found)) {
      differences.add(new FieldDifference(field, expected, found));
    }
  }
}
