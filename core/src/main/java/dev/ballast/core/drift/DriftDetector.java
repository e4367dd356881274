package dev.ballast.core.drift;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.render.RenderedDomain;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds where connected hosts differ from what was assigned and specified. Domains that Ballast
 * knows nothing of are not drift; neither is what an unreachable host last said.
 */
public final class DriftDetector {
  private DriftDetector() {}

  /** All drift, by host, then object, then field. */
  public static List<Drift> detect(Snapshot snapshot) {
    List<Drift> drifts = new ArrayList<>();
    for (HostView host : snapshot.hosts().values()) {
      if (host.connected()) {
        ksm(snapshot, host, drifts);
        settings(snapshot, host, drifts);
        SwitchDrift.add(snapshot, host, drifts);
        strays(snapshot, host, drifts);
      }
    }
    for (Assignment assignment : snapshot.assignments().values()) {
      HostView host = snapshot.hosts().get(assignment.host());
      VmSpec spec = snapshot.specs().get(assignment.vm());
      if (host != null && host.connected() && spec != null) {
        domain(snapshot, host, spec, assignment, drifts);
      }
    }
    return drifts.stream()
        .sorted(
            Comparator.comparing(Drift::host)
                .thenComparing(drift -> drift.object().value())
                .thenComparing(Drift::field))
        .toList();
  }

  private static void ksm(Snapshot snapshot, HostView host, List<Drift> drifts) {
    KsmSettings wanted = snapshot.desiredKsm().get(host.name());
    if (wanted == null || host.ksm().isEmpty()) {
      return;
    }
    KsmSettings found = host.ksm().get();
    differ(drifts, host.name(), ObjectKey.KSM, "run", wanted.run(), found.run());
    differ(
        drifts,
        host.name(),
        ObjectKey.KSM,
        "pagesToScan",
        wanted.pagesToScan(),
        found.pagesToScan());
    differ(
        drifts,
        host.name(),
        ObjectKey.KSM,
        "sleepMillis",
        wanted.sleepMillis(),
        found.sleepMillis());
    wanted
        .mergeAcrossNodes()
        .ifPresent(
            merge ->
                differ(
                    drifts,
                    host.name(),
                    ObjectKey.KSM,
                    "mergeAcrossNodes",
                    merge,
                    found.mergeAcrossNodes().orElse(!merge)));
  }

  private static void settings(Snapshot snapshot, HostView host, List<Drift> drifts) {
    snapshot
        .desiredSettings()
        .getOrDefault(host.name(), new TreeMap<>())
        .forEach(
            (key, wanted) -> {
              HostSetting found = host.found(wanted);
              if (found != null) {
                differ(
                    drifts,
                    host.name(),
                    ObjectKey.setting(key),
                    "value",
                    wanted.value(),
                    found.value());
              }
            });
  }

  /** Domains that Ballast defined, on a host that they are not assigned to. */
  private static void strays(Snapshot snapshot, HostView host, List<Drift> drifts) {
    for (ObservedDomain domain : host.domains().values()) {
      Assignment assignment = snapshot.assignments().get(domain.name());
      if (assignment == null
          || assignment.host().equals(host.name())
          || domain.specDigest().isEmpty()) {
        continue;
      }
      boolean twice =
          domain.state().isActive()
              && snapshot
                  .domain(assignment.host(), domain.name())
                  .filter(other -> other.state().isActive())
                  .isPresent();
      drifts.add(
          new Drift(
              host.name(),
              ObjectKey.domain(domain.name()),
              "host",
              assignment.host().value(),
              twice ? "running here and on " + assignment.host() : host.name().value()));
    }
  }

  private static void domain(
      Snapshot snapshot, HostView host, VmSpec spec, Assignment assignment, List<Drift> drifts) {
    VmName vm = spec.name();
    ObjectKey object = ObjectKey.domain(vm);
    ObservedDomain domain = host.domains().get(vm);
    if (domain == null) {
      drifts.add(new Drift(host.name(), object, "domain", "defined", "missing"));
      return;
    }
    Optional<AdoptedDomain> adopted = spec.adopted();
    if (adopted.isPresent() && !adopted.get().uuid().equals(domain.uuid())) {
      differ(drifts, host.name(), object, "uuid", adopted.get().uuid(), domain.uuid());
      return;
    }
    if (adopted.isEmpty() && domain.specDigest().isEmpty()) {
      drifts.add(new Drift(host.name(), object, "owner", "Ballast", "another owner"));
      return;
    }
    state(host.name(), object, spec, domain, drifts);
    RenderedDomain wanted = DesiredDomain.of(snapshot, spec, assignment, host);
    differ(
        drifts,
        host.name(),
        object,
        "specification",
        wanted.specDigest(),
        RenderedDomain.found(domain));
    VmLimits limits = snapshot.limits(spec);
    limits(host.name(), object, "liveLimits", limits.withoutBalloon(), domain.liveLimits(), drifts);
    limits(host.name(), object, "configLimits", limits, domain.configLimits(), drifts);
    memory(host, spec, assignment, domain, drifts);
    if (domain.vcpus() == assignment.pins().vcpus().size()) {
      pins(host.name(), object, "livePins", assignment.pins(), domain.livePins(), drifts);
      pins(host.name(), object, "configPins", assignment.pins(), domain.configPins(), drifts);
    }
  }

  /** A running domain can be seen to keep to nodes only where control groups keep it there. */
  private static void memory(
      HostView host,
      VmSpec spec,
      Assignment assignment,
      ObservedDomain domain,
      List<Drift> drifts) {
    Optional<MemoryNodes> wanted = MemoryNodes.of(spec, assignment, host.inventory().topology());
    if (wanted.isEmpty() || domain.configPins().isEmpty()) {
      return;
    }
    ObjectKey object = ObjectKey.domain(spec.name());
    String none = "none";
    differ(
        drifts,
        host.name(),
        object,
        "configMemory",
        wanted.get().toString(),
        domain.configMemory().map(MemoryNodes::toString).orElse(none));
    domain
        .liveMemory()
        .filter(live -> live.mode() == MemoryMode.RESTRICTIVE)
        .filter(live -> wanted.get().mode() == MemoryMode.RESTRICTIVE)
        .ifPresent(
            live ->
                differ(
                    drifts,
                    host.name(),
                    object,
                    "liveMemory",
                    wanted.get().toString(),
                    live.toString()));
  }

  private static void state(
      HostName host, ObjectKey object, VmSpec spec, ObservedDomain domain, List<Drift> drifts) {
    DomainState wanted =
        spec.run() == RunState.RUNNING ? DomainState.RUNNING : DomainState.SHUT_OFF;
    differ(drifts, host, object, "state", wanted, domain.state());
  }

  private static void limits(
      HostName host,
      ObjectKey object,
      String side,
      VmLimits wanted,
      Optional<VmLimits> found,
      List<Drift> drifts) {
    if (found.isEmpty() || found.get().equals(wanted)) {
      return;
    }
    SortedMap<String, String> expected = wanted.words();
    SortedMap<String, String> actual = found.get().words();
    SortedSet<String> fields = new TreeSet<>(expected.keySet());
    fields.addAll(actual.keySet());
    for (String field : fields) {
      String absent = LimitText.absent(field);
      differ(
          drifts,
          host,
          object,
          side + "." + field,
          expected.getOrDefault(field, absent),
          actual.getOrDefault(field, absent));
    }
  }

  private static void pins(
      HostName host,
      ObjectKey object,
      String field,
      CpuPins wanted,
      Optional<CpuPins> found,
      List<Drift> drifts) {
    if (found.isEmpty() || found.get().equals(wanted)) {
      return;
    }
    CpuPins pins = found.get();
    int common = Math.min(wanted.vcpus().size(), pins.vcpus().size());
    for (int vcpu = 0; vcpu < common; vcpu++) {
      differ(
          drifts,
          host,
          object,
          field + ".vcpu" + vcpu,
          wanted.vcpus().get(vcpu),
          pins.vcpus().get(vcpu));
    }
    differ(drifts, host, object, field + ".vcpus", wanted.vcpus().size(), pins.vcpus().size());
    differ(drifts, host, object, field + ".emulator", wanted.emulator(), pins.emulator());
  }

  private static void differ(
      List<Drift> drifts,
      HostName host,
      ObjectKey object,
      String field,
      Object expected,
      Object found) {
    if (!expected.equals(found)) {
      drifts.add(new Drift(host, object, field, expected.toString(), found.toString()));
    }
  }
}
