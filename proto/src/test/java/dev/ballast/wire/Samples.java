package dev.ballast.wire;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.FieldDifference;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Arbitrary legal values of the shared records. */
final class Samples {
  private Samples() {}

  static Arbitrary<String> texts() {
    return Arbitraries.strings().ofMaxLength(40);
  }

  static Arbitrary<Long> naturals() {
    return Arbitraries.longs().greaterOrEqual(0);
  }

  static Arbitrary<String> names() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('0', '9')
        .ofMinLength(1)
        .ofMaxLength(20);
  }

  static Arbitrary<VmName> vms() {
    return names().map(VmName::new);
  }

  static Arbitrary<HostName> hosts() {
    return names().map(HostName::new);
  }

  static Arbitrary<CpuSet> cpuSets() {
    return Arbitraries.integers()
        .between(0, CpuSet.CPU_LIMIT - 1)
        .set()
        .ofMaxSize(12)
        .map(CpuSet::of);
  }

  private static Arbitrary<CpuSet> someCpus() {
    return cpuSets().filter(cpus -> !cpus.isEmpty());
  }

  static Arbitrary<MemoryNodes> memoryNodes() {
    return Combinators.combine(
            Arbitraries.of(MemoryMode.class).filter(mode -> mode != MemoryMode.NONE), someCpus())
        .as(MemoryNodes::new);
  }

  static Arbitrary<CpuPins> pins() {
    return Combinators.combine(someCpus().list().ofMinSize(1).ofMaxSize(8), someCpus())
        .as(CpuPins::new);
  }

  static Arbitrary<KsmSettings> ksm() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.longs().between(1, 1_000_000),
            Arbitraries.longs().between(0, 3_600_000),
            Arbitraries.of(true, false).optional())
        .as(KsmSettings::new);
  }

  static Arbitrary<HostSetting> settings() {
    return Arbitraries.oneOf(
        Combinators.combine(
                Arbitraries.integers().between(16, 34).map(bit -> 1L << bit),
                Arbitraries.integers().between(0, 1_023),
                Arbitraries.longs().between(0, HostSetting.Hugepages.COUNT_LIMIT))
            .as(HostSetting.Hugepages::new),
        cpuSets().map(HostSetting.ReservedCpus::new),
        names().set().ofMaxSize(4).map(names -> new HostSetting.TimeSources(new TreeSet<>(names))),
        NetworkSettingSamples.settings(),
        images(),
        volumes(),
        names()
            .map(
                name ->
                    new Trash(
                        new TreeMap<>(
                            Map.of("/srv/.trash/" + name, new Trash.Discarded("volume", 7, 9))))));
  }

  static Arbitrary<VolumeFile> volumes() {
    Arbitrary<VolumeSource> sources =
        Arbitraries.longs()
            .between(1, 1_000_000)
            .flatMap(
                mib ->
                    Arbitraries.of(
                        new VolumeSource(Optional.of("a"), VolumeSource.Kind.OVERLAY, mib << 20),
                        new VolumeSource(Optional.of("b"), VolumeSource.Kind.CLONE, mib << 20),
                        new VolumeSource(Optional.empty(), VolumeSource.Kind.BLANK, mib << 20)));
    Arbitrary<VolumeFile.Content> contents =
        Combinators.combine(sources, vms(), Arbitraries.longs().between(0, 1_000_000))
            .as(
                (source, vm, generation) ->
                    new VolumeFile.Content("qcow2", source, vm, generation));
    return Combinators.combine(Arbitraries.of("/srv/a.qcow2", "/b"), contents.optional())
        .as(VolumeFile::new);
  }

  static Arbitrary<ImageFile> images() {
    Arbitrary<ImageFile.Content> contents =
        Combinators.combine(
                Arbitraries.of("qcow2", "raw"),
                Arbitraries.of("sha256:" + "a".repeat(64), "sha512:" + "b".repeat(128), "edited"),
                Arbitraries.of("https://images.example/a.qcow2", "file:///srv/b.raw"))
            .as(ImageFile.Content::new);
    return Combinators.combine(Arbitraries.of("debian-12", "a", "x_y.z"), contents.optional())
        .as(ImageFile::new);
  }

  static Arbitrary<Final> finals() {
    return Arbitraries.oneOf(
        vms().map(Final.StartDomain::new),
        vms().map(Final.DestroyDomain::new),
        vms().map(Final.SetGuestTime::new),
        volumes().filter(VolumeFile::isPresent).map(Final.GrowVolume::new),
        vms().map(vm -> new Final.RevertSnapshot(vm, "before-1.2", vm.value().length() % 2 == 0)),
        vms().map(vm -> new Final.DeleteSnapshot(vm, "before-1.2")),
        names().set().ofMinSize(1).ofMaxSize(4).map(n -> new Final.PurgeTrash(new TreeSet<>(n))),
        Combinators.combine(vms(), Arbitraries.longs().between(1_000, 3_600_000))
            .as(Final.ShutdownDomain::new),
        Combinators.combine(vms(), vms(), pins(), migrationLimits())
            .as(
                (vm, target, pins, limits) ->
                    new Final.MigrateDomain(
                        vm,
                        new HostName(target.value()),
                        "qemu+tls://" + target + "/system",
                        pins,
                        limits,
                        Optional.of(new MemoryNodes(MemoryMode.RESTRICTIVE, pins.emulator())))));
  }

  private static Arbitrary<MigrationLimits> migrationLimits() {
    return Combinators.combine(
            Arbitraries.longs().between(0, MigrationLimits.BANDWIDTH_LIMIT_BYTES),
            Arbitraries.longs().between(1, 60_000),
            Arbitraries.of(true, false),
            Arbitraries.longs().between(1_000, 86_400_000),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false))
        .as(MigrationLimits::new);
  }

  static Arbitrary<Reversible> reversibles() {
    return Arbitraries.oneOf(
        Combinators.combine(vms(), pins()).as(Reversible.PinCpus::new),
        ksm().map(Reversible.SetKsm::new),
        Combinators.combine(vms(), memoryNodes().optional(), memoryNodes())
            .as(Reversible.SetMemoryNodes::new),
        settings().map(Reversible.SetHostSetting::new),
        Combinators.combine(vms(), LimitSamples.limits()).as(Reversible.SetLimits::new),
        vms().map(vm -> new Reversible.TakeSnapshot(vm, "before-1.2")),
        Combinators.combine(vms(), texts().filter(xml -> !xml.isEmpty()), texts())
            .as(Reversible.DefineDomain::new),
        vms().map(Reversible.UndefineDomain::new),
        SwitchSamples.actions());
  }

  static Arbitrary<Action> actions() {
    return Arbitraries.oneOf(finals(), reversibles());
  }

  static Arbitrary<Expectation> expectations() {
    return Arbitraries.oneOf(
        Arbitraries.just(new Expectation.NoDomain()),
        Combinators.combine(
                texts(),
                Arbitraries.of(DomainState.class),
                texts(),
                pins().optional(),
                pins().optional(),
                LimitSamples.limits().optional(),
                LimitSamples.limits().optional())
            .as(Expectation.DomainRecord::new),
        ksm().map(Expectation.KsmRecord::new),
        settings().map(Expectation.HostSettingRecord::new),
        SwitchSamples.records(),
        Combinators.combine(Arbitraries.of(DomainState.class), texts())
            .as(Expectation.AfterEarlierSteps::new));
  }

  static Arbitrary<PlannedAction> planned(Arbitrary<? extends Action> actions) {
    return Combinators.combine(actions, expectations()).as(PlannedAction::new);
  }

  static Arbitrary<Command> commands() {
    Arbitrary<List<PlannedAction>> transactions =
        Arbitraries.oneOf(
            planned(finals()).map(List::of),
            planned(reversibles()).list().ofMinSize(1).ofMaxSize(5));
    Arbitrary<Optional<Long>> confirmations =
        Arbitraries.longs().between(1, Long.MAX_VALUE).optional();
    Arbitrary<Long> positives = Arbitraries.longs().between(1, Long.MAX_VALUE);
    return Combinators.combine(
            positives,
            positives,
            naturals(),
            texts(),
            naturals(),
            Arbitraries.of(true, false),
            confirmations,
            transactions)
        .as(Command::new);
  }

  static Arbitrary<Outcome> outcomes() {
    Arbitrary<FieldDifference> differences =
        Combinators.combine(texts(), texts(), texts()).as(FieldDifference::new);
    return Arbitraries.oneOf(
        Combinators.combine(texts(), naturals()).as(Outcome.Applied::new),
        Arbitraries.just(new Outcome.Unchanged()),
        texts().map(Outcome.WouldApply::new),
        Arbitraries.integers().between(1, 1_000).map(Outcome.NotVerifiable::new),
        Combinators.combine(
                Arbitraries.of(RefusalReason.class), texts(), differences.list().ofMaxSize(4))
            .as(Outcome.Refused::new),
        texts().map(Outcome.Failed::new),
        texts().map(Outcome.Undone::new),
        Arbitraries.just(new Outcome.Skipped()),
        texts().map(Outcome.Unknown::new),
        texts().map(Outcome.NeedsAttention::new));
  }
}
