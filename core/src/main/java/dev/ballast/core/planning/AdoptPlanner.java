package dev.ballast.core.planning;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.definition.DefinitionException;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.drift.Drift;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.spec.AdoptedSpec;
import dev.ballast.core.spec.Fault;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.spec.SpecResult;
import dev.ballast.core.spec.SpecWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plans to specify domains as they are. Pure. The plan has no steps: it changes what is remembered
 * and nothing on the host, so hosts that are only observed, or full, can be adopted from too.
 */
public final class AdoptPlanner {
  /**
   * What was asked for.
   *
   * @param definitions persistent definitions by the domains' names
   * @param keepPins whether pins that a definition names are written into its specification
   */
  public record Request(HostName host, SortedMap<VmName, String> definitions, boolean keepPins) {}

  /** Why the observed domain is not for adoption; absent when its definition may be asked for. */
  public Optional<String> obstacle(Snapshot snapshot, HostName host, ObservedDomain domain) {
    VmName vm = domain.name();
    if (snapshot.specs().containsKey(vm)) {
      return Optional.of("is specified already; 'ballast vms " + vm + " -o yaml' shows it");
    }
    if (domain.specDigest().isPresent()) {
      return Optional.of(
          "bears the mark of Ballast: apply its specification; or, to adopt it as it is, remove the"
              + " mark: virsh metadata "
              + vm
              + " "
              + DomainDefinition.SPEC_NAMESPACE
              + " --config --remove");
    }
    if (domain.configPins().isEmpty()) {
      return Optional.of("is transient: give it a persistent definition with 'virsh define'");
    }
    if (domain.state() != DomainState.RUNNING && domain.state() != DomainState.SHUT_OFF) {
      return Optional.of("is " + domain.state() + ": bring it to running or shut off");
    }
    return elsewhere(snapshot, host, vm).or(() -> splitPins(domain));
  }

  private static Optional<String> elsewhere(Snapshot snapshot, HostName host, VmName vm) {
    return snapshot.hosts().values().stream()
        .filter(other -> !other.name().equals(host) && other.domains().containsKey(vm))
        .findFirst()
        .map(other -> "has a namesake on " + other.name() + ": rename or undefine one of them");
  }

  private static Optional<String> splitPins(ObservedDomain domain) {
    CpuPins config = domain.configPins().orElseThrow();
    return domain
        .livePins()
        .filter(live -> live.vcpus().size() == config.vcpus().size() && !live.equals(config))
        .map(
            live ->
                "runs on vCPUs "
                    + live.vcpus()
                    + " emulator "
                    + live.emulator()
                    + ", but its definition says vCPUs "
                    + config.vcpus()
                    + " emulator "
                    + config.emulator()
                    + ": make them alike with 'virsh vcpupin' and 'virsh emulatorpin'");
  }

  /** Plans the adoption of all the domains, or of none. */
  public PlanResult plan(Snapshot snapshot, Request request) {
    PlanDraft draft = new PlanDraft(snapshot);
    SortedMap<VmName, VmSpec> specs = new TreeMap<>();
    request
        .definitions()
        .forEach(
            (vm, xml) -> {
              Optional<ObservedDomain> domain = snapshot.domain(request.host(), vm);
              Optional<String> obstacle =
                  domain.isEmpty()
                      ? Optional.of("is no domain of " + request.host())
                      : obstacle(snapshot, request.host(), domain.get());
              obstacle.ifPresent(why -> draft.problem(vm, why));
              if (obstacle.isEmpty()) {
                spec(request, domain.orElseThrow(), xml, draft).ifPresent(s -> specs.put(vm, s));
              }
            });
    check(snapshot, specs, draft);
    specs.values().forEach(spec -> drifts(snapshot, request.host(), spec, draft));
    specs.forEach((vm, spec) -> remember(snapshot, request.host(), spec, draft));
    return draft.finish(
        "adopt " + specs.size() + " VMs of " + request.host() + " as they are", Origin.OPERATOR);
  }

  private static Optional<VmSpec> spec(
      Request request, ObservedDomain domain, String xml, PlanDraft draft) {
    try {
      DomainDefinition kept = DomainDefinition.parse(xml);
      if (!kept.configDigest().equals(domain.configDigest())) {
        draft.problem(domain.name(), "was changed while it was looked at: try again");
        return Optional.empty();
      }
      RunState run = domain.state() == DomainState.RUNNING ? RunState.RUNNING : RunState.STOPPED;
      Optional<CpuPins> pins =
          request.keepPins() && DomainDefinition.namesPins(xml)
              ? domain.configPins()
              : Optional.empty();
      VmLimits limits = domain.configLimits().orElse(VmLimits.NONE);
      return Optional.of(AdoptedSpec.of(kept, request.host(), run, pins).withLimits(limits));
    } catch (DefinitionException e) {
      draft.problem(domain.name(), "its definition " + e.getMessage());
      return Optional.empty();
    }
  }

  /** What is adopted must be a specification that people can write. */
  private static void check(Snapshot snapshot, Map<VmName, VmSpec> specs, PlanDraft draft) {
    List<SourceFile> files =
        specs.values().stream()
            .map(spec -> new SourceFile(spec.name().value(), SpecWriter.write(spec)))
            .toList();
    SpecResult read = SpecParser.parse(files, snapshot.cluster());
    for (Fault fault : read.faults()) {
      draft.problem(fault.path(), "no specification can say what it is: " + fault.message());
    }
    if (read.faults().isEmpty()) {
      for (VmSpec spec : read.specs()) {
        if (!spec.equals(specs.get(spec.name()))) {
          draft.problem(spec.name(), "its specification does not read back as it was written");
        }
      }
    }
  }

  /** A domain that is not as its own definition says would need a change at once. */
  private static void drifts(Snapshot snapshot, HostName host, VmSpec spec, PlanDraft draft) {
    SortedMap<VmName, VmSpec> specs = new TreeMap<>(snapshot.specs());
    specs.put(spec.name(), spec);
    SortedMap<VmName, Assignment> assignments = new TreeMap<>(snapshot.assignments());
    assignments.put(spec.name(), assignment(snapshot, host, spec));
    for (Drift drift : DriftDetector.detect(wanting(snapshot, specs, assignments))) {
      if (drift.host().equals(host) && drift.object().equals(ObjectKey.domain(spec.name()))) {
        draft.problem(
            spec.name(),
            "runs otherwise than its definition says ("
                + drift.field()
                + ": "
                + drift.expected()
                + " there, "
                + drift.found()
                + " now): make them alike first");
      }
    }
  }

  private static Snapshot wanting(
      Snapshot snapshot,
      SortedMap<VmName, VmSpec> specs,
      SortedMap<VmName, Assignment> assignments) {
    return new Snapshot(
        snapshot.version(),
        snapshot.cluster(),
        snapshot.automation(),
        snapshot.frozen(),
        snapshot.hosts(),
        specs,
        assignments,
        snapshot.desiredKsm(),
        snapshot.frozenVms(),
        snapshot.limitOverrides(),
        snapshot.networks(),
        snapshot.desiredSettings());
  }

  private static Assignment assignment(Snapshot snapshot, HostName host, VmSpec spec) {
    ObservedDomain domain = snapshot.domain(host, spec.name()).orElseThrow();
    return new Assignment(spec.name(), host, domain.configPins().orElseThrow(), false);
  }

  private static void remember(Snapshot snapshot, HostName host, VmSpec spec, PlanDraft draft) {
    draft.change(new DesiredChange.PutSpec(spec));
    draft.change(new DesiredChange.PutAssignment(assignment(snapshot, host, spec)));
    draft.decide(
        "operator", spec.name(), "adopted on " + host + " as it is: no step", "none", "its order");
  }
}
