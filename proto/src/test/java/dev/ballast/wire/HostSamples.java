package dev.ballast.wire;

import static dev.ballast.wire.Samples.cpuSets;
import static dev.ballast.wire.Samples.naturals;
import static dev.ballast.wire.Samples.pins;
import static dev.ballast.wire.Samples.texts;
import static dev.ballast.wire.Samples.vms;

import dev.ballast.core.model.Capability;
import dev.ballast.core.model.ClockState;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuLoad;
import dev.ballast.core.model.DiskSetup;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.HostFacts;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.NicSetup;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.HugepagePool;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Arbitrary legal records of what agents tell. */
final class HostSamples {
  private HostSamples() {}

  private static Arbitrary<Integer> counts() {
    return Arbitraries.integers().greaterOrEqual(0);
  }

  private static Arbitrary<NumaNode> nodes() {
    Arbitrary<HugepagePool> pools =
        Combinators.combine(naturals(), naturals(), naturals()).as(HugepagePool::new);
    return Combinators.combine(
            counts(),
            cpuSets(),
            naturals(),
            counts().list().ofMaxSize(4),
            pools.list().ofMaxSize(3))
        .as(NumaNode::new);
  }

  static Arbitrary<Topology> topologies() {
    Arbitrary<CacheLevel> caches =
        Combinators.combine(Arbitraries.integers().between(0, 4), cpuSets().list().ofMaxSize(4))
            .as(CacheLevel::new);
    return Combinators.combine(
            cpuSets(),
            cpuSets().list().ofMaxSize(3),
            cpuSets().list().ofMaxSize(6),
            nodes().list().ofMaxSize(3),
            caches)
        .as(Topology::new);
  }

  static Arbitrary<HostInventory> inventories() {
    return Combinators.combine(
            topologies(),
            texts(),
            texts().list().ofMaxSize(5),
            naturals().tuple2(),
            Arbitraries.integers().between(0, 2),
            texts().list().ofMaxSize(4),
            Arbitraries.maps(texts(), texts()).ofMaxSize(5),
            Arbitraries.maps(Arbitraries.of(Capability.class), texts()))
        .as(
            (topology, model, flags, sizes, cgroup, controllers, versions, lacks) ->
                new HostInventory(
                    topology,
                    model,
                    flags,
                    sizes.get1(),
                    sizes.get2(),
                    cgroup,
                    controllers,
                    new TreeMap<>(versions),
                    new TreeMap<>(lacks),
                    Optional.of(model),
                    new HostTraits(new TreeMap<>(versions), new TreeSet<>(flags)),
                    cgroup == 1
                        ? List.of()
                        : List.of(
                            new HostDevice("gpu", "0000:3b:00.0", "10de:20b0", -1, false, ""),
                            new HostDevice(
                                "fast-net", "0000:81:0a.1", "8086:154c", cgroup, true, "ens1"))));
  }

  static Arbitrary<ObservedDomain> domains() {
    return Combinators.combine(
            vms(),
            texts(),
            Arbitraries.of(DomainState.class),
            Arbitraries.integers().between(0, WireLimits.VCPUS),
            naturals(),
            texts(),
            pins().optional().tuple2(),
            Combinators.combine(texts().optional(), LimitSamples.limits().optional().tuple2())
                .as(Tuple::of))
        .as(
            (name, uuid, state, vcpus, memory, digest, pins, last) ->
                new ObservedDomain(
                    name,
                    uuid,
                    state,
                    vcpus,
                    memory,
                    digest,
                    pins.get1(),
                    pins.get2(),
                    last.get1(),
                    last.get2().get1(),
                    last.get2().get2(),
                    pins.get1().map(p -> new MemoryNodes(MemoryMode.RESTRICTIVE, p.emulator())),
                    pins.get2().map(p -> new MemoryNodes(MemoryMode.STRICT, p.emulator())),
                    vcpus % 2 == 0
                        ? List.of()
                        : List.of(
                            new DomainSnapshot("a", 7, true, false),
                            new DomainSnapshot("b", 0, false, true))));
  }

  static Arbitrary<HostLoad> loads() {
    Arbitrary<CpuLoad> cpus =
        Combinators.combine(
                Arbitraries.integers().between(0, CpuSet.CPU_LIMIT - 1),
                Arbitraries.longs().between(0, 2_000))
            .as(CpuLoad::new);
    Arbitrary<VmLoad> vms =
        Combinators.combine(
                vms(), naturals(), naturals(), naturals(), Arbitraries.longs().optional())
            .as(VmLoad::new);
    Arbitrary<KsmLoad> ksm =
        Combinators.combine(
                naturals(),
                Arbitraries.longs().optional(),
                naturals().optional(),
                naturals().optional())
            .as(KsmLoad::new);
    return Combinators.combine(
            naturals(),
            naturals(),
            naturals(),
            cpus.list().ofMaxSize(6),
            vms.list().ofMaxSize(6),
            ksm.optional())
        .as(HostLoad::new);
  }

  static Arbitrary<CpuAlert> alerts() {
    return Combinators.combine(
            naturals(),
            naturals(),
            Arbitraries.of(CpuAlert.Kind.class),
            cpuSets(),
            naturals(),
            naturals(),
            vms().list().ofMaxSize(5))
        .as(CpuAlert::new);
  }

  static Arbitrary<HostFacts> facts() {
    return Combinators.combine(
            Arbitraries.of(ClockState.class),
            texts(),
            Arbitraries.maps(Arbitraries.of(OtherOwner.class), texts()),
            Arbitraries.maps(vms(), setups()).ofMaxSize(3))
        .as(
            (clock, detail, owners, setups) ->
                new HostFacts(clock, detail, new TreeMap<>(owners), new TreeMap<>(setups)));
  }

  private static Arbitrary<DomainSetup> setups() {
    Arbitrary<DiskSetup> disks =
        Combinators.combine(
                texts(), texts(), texts(), texts(), texts(), Arbitraries.of(true, false))
            .as(DiskSetup::new);
    Arbitrary<NicSetup> nics = Combinators.combine(texts(), texts()).as(NicSetup::new);
    return Combinators.combine(
            texts(),
            texts(),
            disks.list().ofMaxSize(3),
            nics.list().ofMaxSize(3),
            texts().set().ofMaxSize(3),
            texts().set().ofMaxSize(3),
            Arbitraries.of(OtherOwner.class).optional())
        .as(
            (type, cpu, disk, nic, needless, limits, owner) ->
                new DomainSetup(
                    type, cpu, disk, nic, new TreeSet<>(needless), new TreeSet<>(limits), owner));
  }
}
