package dev.ballast.core.planning;

import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.MemoryFollow;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.drift.DesiredDomain;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.planning.PlanDraft.Step;
import dev.ballast.core.render.RenderedDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The steps that make each VM what its specification and assignment say. */
final class VmSteps {
  /** How long a guest gets to power off. */
  static final long SHUTDOWN_TIMEOUT_MILLIS = 60_000;

  private final Snapshot snapshot;
  private final Snapshot merged;
  private final SwitchSteps switches;
  private final VolumeSteps volumes;
  private final SortedMap<VmName, VmSpec> wanted;
  private final SortedMap<VmName, Assignment> assigned;
  private final SortedMap<VmName, CpuPins> yielding;
  private final PlanDraft draft;

  private final SortedMap<VmName, Chain> chains = new TreeMap<>();

  /** The re-pins by which VMs leave CPUs that become dedicated, by host. */
  private final SortedMap<HostName, List<Step>> leaving = new TreeMap<>();

  /**
   * @param merged the snapshot as if what is wanted was specified already
   * @param switches the steps on bridges, which those on VMs wait for
   * @param volumes the steps on disks, likewise
   */
  VmSteps(
      Snapshot snapshot,
      Snapshot merged,
      SwitchSteps switches,
      VolumeSteps volumes,
      SortedMap<VmName, VmSpec> wanted,
      SortedMap<VmName, Assignment> assigned,
      SortedMap<VmName, CpuPins> yielding,
      PlanDraft draft) {
    this.snapshot = snapshot;
    this.merged = merged;
    this.switches = switches;
    this.volumes = volumes;
    this.wanted = wanted;
    this.assigned = assigned;
    this.yielding = yielding;
    this.draft = draft;
  }

  void add() {
    yielding.keySet().forEach(this::add);
    wanted.keySet().stream().filter(vm -> !yielding.containsKey(vm)).forEach(this::add);
  }

  private void add(VmName vm) {
    Assignment assignment = assigned.get(vm);
    if (assignment == null) {
      return;
    }
    HostView host = snapshot.hosts().get(assignment.host());
    boolean visible = host != null && host.connected();
    Chain chain = chain(assignment);
    VmSpec spec = wanted.get(vm);
    if (spec == null) {
      remember(assignment);
      snapshot.domain(assignment.host(), vm).ifPresent(d -> pin(chain, d, assignment));
    } else {
      rememberSpec(spec);
      remember(assignment);
      if (host != null && visible) {
        steps(chain, spec, assignment, host);
      }
    }
    if (yielding.containsKey(vm)) {
      leaving.computeIfAbsent(assignment.host(), h -> new ArrayList<>()).addAll(chain.steps());
    }
  }

  /** The steps on the domain of the assigned VM; the same chain each time. */
  Chain chain(Assignment assignment) {
    return chains.computeIfAbsent(
        assignment.vm(),
        vm ->
            new Chain(
                draft,
                assignment.host(),
                snapshot.domain(assignment.host(), vm),
                needed(vm, assignment.host())));
  }

  /** What must be there before the VM is defined. */
  private List<Step> needed(VmName vm, HostName host) {
    VmSpec spec = wanted.get(vm);
    if (spec == null) {
      return List.of();
    }
    List<Step> needed = new ArrayList<>(switches.before(host, NetworkUsers.networks(spec)));
    needed.addAll(volumes.make(spec, host));
    return needed;
  }

  /** The re-pins on the host by which VMs leave CPUs that become dedicated. */
  List<Step> leavingOn(HostName host) {
    return leaving.getOrDefault(host, List.of());
  }

  private void rememberSpec(VmSpec spec) {
    if (!spec.equals(snapshot.specs().get(spec.name()))) {
      draft.change(new DesiredChange.PutSpec(spec));
    }
  }

  private void remember(Assignment assignment) {
    if (!assignment.equals(snapshot.assignments().get(assignment.vm()))) {
      draft.change(new DesiredChange.PutAssignment(assignment));
    }
  }

  private void steps(Chain chain, VmSpec spec, Assignment assignment, HostView host) {
    VmLimits limits = new LimitSteps(snapshot, draft).wanted(spec);
    RenderedDomain rendered =
        DesiredDomain.of(
            snapshot.cluster(), merged.networks(), spec.withLimits(limits), assignment, host);
    DefineDomain define = new DefineDomain(spec.name(), rendered.xml(), rendered.specDigest());
    if (assignment.override()) {
      draft.decide("operator", spec.name(), "keeps the pins that an operator set", "none", "none");
    }
    ObservedDomain domain = host.domains().get(spec.name());
    if (domain == null) {
      if (snapshot.assignments().containsKey(spec.name())) {
        draft.decide(
            "operator",
            spec.name(),
            "its domain is missing on " + host.name() + " (drift): it is defined again there",
            "none",
            "as specified again");
      }
      chain.then(define, DomainState.SHUT_OFF);
      run(chain, spec, DomainState.SHUT_OFF);
      return;
    }
    boolean redefine = !rendered.isDefinedIn(domain);
    if (redefine) {
      chain.then(define, domain.state());
      if (domain.state().isActive()) {
        draft.decide(
            "operator",
            spec.name(),
            "the new definition takes effect at its next start; Ballast does not restart it",
            "none",
            "as specified after the next start");
      }
    }
    pin(chain, domain, assignment);
    if (!chain.defines() || domain.state().isActive()) {
      MemoryFollow.follow(spec, host, domain, assignment)
          .ifPresent(
              follow -> {
                chain.then(follow, domain.state());
                draft.decide(
                    "operator",
                    domain.name(),
                    "its memory follows its vCPUs to nodes " + follow.to(),
                    "its pages are moved",
                    "no access across nodes");
              });
    }
    new LimitSteps(snapshot, draft).add(chain, domain, spec, limits);
    run(chain, spec, domain.state());
  }

  /** A new definition carries the persistent pins; live ones need a step of their own. */
  private void pin(Chain chain, ObservedDomain domain, Assignment assignment) {
    CpuPins pins = assignment.pins();
    boolean sameCount = domain.vcpus() == pins.vcpus().size();
    boolean live = domain.livePins().filter(found -> !found.equals(pins)).isPresent();
    boolean config = domain.configPins().filter(found -> !found.equals(pins)).isPresent();
    if (!sameCount || !(live || (config && !chain.defines()))) {
      return;
    }
    chain.then(new PinCpus(domain.name(), pins), domain.state());
    CpuPins found = live ? domain.livePins().orElse(pins) : domain.configPins().orElse(pins);
    Assignment former = snapshot.assignments().get(domain.name());
    boolean drifted = former != null && former.pins().equals(pins);
    draft.decide(
        "operator",
        domain.name(),
        (drifted ? "its pins drifted and are repaired: " : "its pins change: ")
            + words(found)
            + " becomes "
            + words(pins),
        "1 online re-pin",
        drifted ? "as assigned again" : "as specified");
  }

  private static String words(CpuPins pins) {
    return "vCPUs " + pins.vcpus() + " emulator " + pins.emulator();
  }

  private void run(Chain chain, VmSpec spec, DomainState state) {
    boolean toRun = spec.run() == RunState.RUNNING;
    switch (state) {
      case RUNNING -> {
        if (!toRun) {
          chain.then(new ShutdownDomain(spec.name(), SHUTDOWN_TIMEOUT_MILLIS), state);
        }
      }
      case SHUT_OFF -> {
        if (toRun) {
          boolean dedicated = spec.cpuPolicy() == CpuPolicy.DEDICATED;
          List<Step> others = dedicated ? leaving.getOrDefault(chain.host(), List.of()) : List.of();
          chain.then(new StartDomain(spec.name()), state, others);
        }
      }
      case PAUSED, SHUTTING_DOWN, CRASHED, SUSPENDED, UNKNOWN ->
          draft.problem(
              spec.name(),
              "is "
                  + state
                  + " on its host: bring it to running or shut off first, then plan again");
    }
  }
}
