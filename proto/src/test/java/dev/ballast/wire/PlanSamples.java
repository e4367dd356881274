package dev.ballast.wire;

import static dev.ballast.wire.Samples.actions;
import static dev.ballast.wire.Samples.hosts;
import static dev.ballast.wire.Samples.ksm;
import static dev.ballast.wire.Samples.naturals;
import static dev.ballast.wire.Samples.pins;
import static dev.ballast.wire.Samples.planned;
import static dev.ballast.wire.Samples.texts;
import static dev.ballast.wire.Samples.vms;

import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmResources;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.model.VmTuning;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Arbitrary legal specifications and plans. */
final class PlanSamples {
  private PlanSamples() {}

  static Arbitrary<Assignment> assignments() {
    return Combinators.combine(vms(), hosts(), pins(), Arbitraries.of(true, false))
        .as(
            (vm, host, pins, override) ->
                new Assignment(
                    vm,
                    host,
                    pins,
                    override,
                    override ? 1 : 2,
                    override
                        ? List.of()
                        : List.of(new AssignedDevice("fast-net", "0000:3b:02.1", true))));
  }

  private static Arbitrary<BootSpec> boots() {
    return Arbitraries.oneOf(
        Arbitraries.just(new BootSpec.Disk()),
        Combinators.combine(texts(), texts(), texts()).as(BootSpec.Kernel::new));
  }

  /** The parts of a specification that other things do not refer to. */
  private record Devices(BootSpec boot, List<DiskSpec> disks, List<NicSpec> nics) {}

  private static Arbitrary<Devices> devices() {
    Arbitrary<Boolean> flags = Arbitraries.of(true, false);
    Arbitrary<DiskSpec> disks =
        Combinators.combine(texts(), texts(), texts(), flags).as(DiskSpec::new);
    Arbitrary<NicSpec> nics =
        Combinators.combine(
                texts(),
                texts(),
                flags,
                SwitchSamples.networks().map(NetworkSpec::name).optional(),
                Arbitraries.integers().between(1, 4_094).optional())
            .as(NicSpec::new);
    return Combinators.combine(boots(), disks.list().ofMaxSize(3), nics.list().ofMaxSize(3))
        .as(Devices::new);
  }

  private record Rules(CpuPolicy cpuPolicy, DomainType type, RunState run, Automation automation) {}

  private static Arbitrary<Rules> rules() {
    return Combinators.combine(
            Arbitraries.of(CpuPolicy.class),
            Arbitraries.of(DomainType.class),
            Arbitraries.of(RunState.class),
            Arbitraries.of(Automation.class))
        .as(Rules::new);
  }

  private record Choice(
      Optional<CpuPins> pins,
      List<HostName> hosts,
      List<String> groups,
      Optional<AdoptedDomain> adopted) {}

  private static Arbitrary<Choice> choices() {
    return Combinators.combine(
            pins().optional(),
            hosts().list().ofMaxSize(3),
            texts().list().ofMaxSize(3),
            Combinators.combine(texts(), texts()).as(AdoptedDomain::new).optional())
        .as(Choice::new);
  }

  static Arbitrary<VmSpec> specs() {
    return Combinators.combine(
            vms(),
            Arbitraries.integers().between(1, WireLimits.VCPUS),
            naturals(),
            rules(),
            texts().optional().tuple2(),
            devices(),
            choices(),
            Combinators.combine(
                    Arbitraries.maps(texts(), texts()).ofMaxSize(4),
                    LimitSamples.limits(),
                    placementRules(),
                    resources())
                .as(Tuple::of))
        .as(
            (name, vcpus, memory, rules, paths, devices, choice, last) ->
                new VmSpec(
                    name,
                    vcpus,
                    memory,
                    rules.cpuPolicy(),
                    rules.type(),
                    paths.get1(),
                    paths.get2(),
                    devices.boot(),
                    devices.disks(),
                    devices.nics(),
                    choice.pins(),
                    new TreeSet<>(choice.hosts()),
                    new TreeSet<>(choice.groups()),
                    rules.run(),
                    rules.automation(),
                    new TreeMap<>(last.get1()),
                    choice.adopted(),
                    last.get2(),
                    last.get3(),
                    last.get4(),
                    new VmTuning(
                        vcpus % 2 == 0 ? MemoryMode.RESTRICTIVE : MemoryMode.NONE,
                        vcpus % (VmTuning.IOTHREAD_LIMIT + 1),
                        vcpus % 3 == 0,
                        vcpus % 5 == 0)));
  }

  private static Arbitrary<VmResources> resources() {
    return Combinators.combine(
            Arbitraries.of(2L << 20, 1L << 30).optional(),
            Arbitraries.maps(
                    Arbitraries.of("gpu", "fast-net"),
                    Arbitraries.integers().between(1, VmResources.DEVICE_LIMIT))
                .ofMaxSize(2))
        .as((pages, devices) -> new VmResources(pages, new TreeMap<>(devices)));
  }

  private static Arbitrary<PlacementRules> placementRules() {
    return Combinators.combine(
            hosts().set().ofMaxSize(3),
            Arbitraries.maps(texts(), texts()).ofMaxSize(3),
            texts().set().ofMaxSize(3),
            texts().set().ofMaxSize(3),
            Combinators.combine(texts(), texts(), Arbitraries.integers().between(1, 9))
                .as(SpreadRule::new)
                .optional())
        .as(
            (banned, labels, tolerated, affinity, spread) ->
                new PlacementRules(
                    new TreeSet<>(banned),
                    new TreeMap<>(labels),
                    new TreeSet<>(tolerated),
                    new TreeSet<>(affinity),
                    spread));
  }

  private static Arbitrary<DesiredChange> changes() {
    return Arbitraries.oneOf(
        specs().map(DesiredChange.PutSpec::new),
        vms().map(DesiredChange.RemoveSpec::new),
        assignments().map(DesiredChange.PutAssignment::new),
        vms().map(DesiredChange.RemoveAssignment::new),
        Combinators.combine(hosts(), ksm()).as(DesiredChange.PutKsm::new),
        hosts().map(DesiredChange.RemoveKsm::new),
        Combinators.combine(hosts(), Samples.settings()).as(DesiredChange.PutHostSetting::new),
        Combinators.combine(hosts(), texts()).as(DesiredChange.RemoveHostSetting::new),
        Combinators.combine(vms(), LimitSamples.limits()).as(DesiredChange.PutLimits::new),
        vms().map(DesiredChange.RemoveLimits::new),
        SwitchSamples.networks().map(DesiredChange.PutNetwork::new),
        SwitchSamples.networks().map(n -> new DesiredChange.RemoveNetwork(n.name())));
  }

  private static Arbitrary<Decision> decisions() {
    return Combinators.combine(
            texts(), vms().optional(), texts(), texts(), texts(), texts().list().ofMaxSize(3))
        .as(Decision::new);
  }

  private static Arbitrary<List<PlanStep>> steps() {
    Arbitrary<PlanStep> loose =
        Combinators.combine(hosts(), planned(actions()), Arbitraries.of(true, false))
            .as((host, planned, waits) -> step(host, planned, waits));
    return loose.list().ofMaxSize(6).map(PlanSamples::numbered);
  }

  private static PlanStep step(HostName host, PlannedAction planned, boolean waits) {
    return new PlanStep(2, host, planned, new TreeSet<>(waits ? List.of(1) : List.of()));
  }

  private static List<PlanStep> numbered(List<PlanStep> loose) {
    List<PlanStep> steps = new ArrayList<>();
    for (PlanStep step : loose) {
      int number = steps.size() + 1;
      TreeSet<Integer> after = new TreeSet<>();
      if (!step.after().isEmpty() && number > 1) {
        after.add(number - 1);
        after.add(1);
      }
      steps.add(new PlanStep(number, step.host(), step.planned(), after));
    }
    return steps;
  }

  static Arbitrary<Plan> plans() {
    return Combinators.combine(
            texts(),
            Arbitraries.of(Origin.class),
            naturals(),
            steps(),
            changes().list().ofMaxSize(3),
            decisions().list().ofMaxSize(3),
            changes().list().ofMaxSize(3))
        .as(Plan::new);
  }
}
