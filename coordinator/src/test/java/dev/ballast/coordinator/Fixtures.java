package dev.ballast.coordinator;

import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Small legal records for tests. */
public final class Fixtures {
  public static final HostName H1 = new HostName("h1");
  public static final HostName H2 = new HostName("h2");
  public static final VmName WEB = new VmName("web-1");
  public static final KsmSettings KSM_OFF = new KsmSettings(0, 100, 20);
  public static final KsmSettings KSM_ON = KSM_OFF.withRun(1);

  private Fixtures() {}

  /** Two CPUs on one node; lacks Open vSwitch. */
  public static HostInventory inventory() {
    CpuSet cpus = CpuSet.range(0, 1);
    return new HostInventory(
        new Topology(
            cpus,
            List.of(cpus),
            List.of(CpuSet.of(0), CpuSet.of(1)),
            List.of(new NumaNode(0, cpus, 4L << 30, List.of(10), List.of())),
            CacheLevel.NONE),
        "a processor",
        List.of("sse2"),
        4L << 30,
        2_000,
        2,
        List.of("cpu", "memory"),
        new TreeMap<>(Map.of("kernel", "6.1")),
        new TreeMap<>(Map.of(Capability.OPEN_VSWITCH, "not installed")));
  }

  /** No domains, KSM off. */
  public static HostObservation observation(long version) {
    return observation(version, List.of());
  }

  public static HostObservation observation(long version, List<ObservedDomain> domains) {
    TreeMap<VmName, ObservedDomain> byName = new TreeMap<>();
    domains.forEach(domain -> byName.put(domain.name(), domain));
    return new HostObservation(
        version,
        byName,
        Optional.of(KSM_OFF),
        new TreeMap<>(Map.of(Capability.OPEN_VSWITCH, "not installed")),
        new TreeMap<>(Map.of("libvirt", "9.0.0")),
        false,
        new TreeSet<>());
  }

  public static ObservedDomain domain(VmName name, CpuPins pins) {
    return new ObservedDomain(
        name,
        "4c4c4544-0000-1000-8000-000000000001",
        DomainState.RUNNING,
        pins.vcpus().size(),
        128L << 20,
        "digest",
        Optional.of(pins),
        Optional.of(pins),
        Optional.of("spec"));
  }

  public static HostLoad load(long epochMillis, VmName vm, long usageMillis) {
    return new HostLoad(
        epochMillis,
        usageMillis,
        1L << 30,
        List.of(new CpuLoad(0, usageMillis)),
        List.of(new VmLoad(vm, usageMillis, 0)));
  }

  /** A specification in which every optional part is there. */
  public static VmSpec spec(VmName name) {
    return new VmSpec(
        name,
        2,
        256L << 20,
        CpuPolicy.DEDICATED,
        DomainType.QEMU,
        Optional.of("pc"),
        Optional.of("/usr/bin/qemu"),
        new BootSpec.Kernel("/boot/vmlinuz", "/boot/initrd", "quiet"),
        List.of(new DiskSpec("/images/a.qcow2", "qcow2", "none", true)),
        List.of(new NicSpec("br0", "52:54:00:00:00:01", true)),
        Optional.of(CpuPins.uniform(2, CpuSet.of(1))),
        new TreeSet<>(List.of(H1, H2)),
        new TreeSet<>(List.of("web")),
        RunState.RUNNING,
        Automation.RECOMMEND,
        new TreeMap<>(Map.of("tier", "front")));
  }

  public static Assignment assignment(VmName vm, HostName host) {
    return new Assignment(vm, host, CpuPins.uniform(2, CpuSet.of(0)), true);
  }

  public static Decision decision(Optional<VmName> vm, String reason) {
    return new Decision("place", vm, reason, "nothing", "balance", List.of("h2: too small"));
  }

  /** Switches KSM on, on h1 and then on h2. */
  public static Plan plan(String title) {
    PlannedAction on = new PlannedAction(new SetKsm(KSM_ON), new KsmRecord(KSM_OFF));
    return new Plan(
        title,
        Origin.OPERATOR,
        7,
        List.of(
            new PlanStep(1, H1, on, new TreeSet<>()),
            new PlanStep(2, H2, on, new TreeSet<>(List.of(1)))),
        List.of(new PutKsm(H1, KSM_ON), new PutKsm(H2, KSM_ON)),
        List.of(decision(Optional.empty(), "asked for")));
  }
}
