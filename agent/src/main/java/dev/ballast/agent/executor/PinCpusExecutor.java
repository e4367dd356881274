package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Pins vCPU by vCPU and then the emulator, each in one call for the running domain and its
 * persistent configuration, and looks afterwards at the kernel and at the configuration.
 */
final class PinCpusExecutor implements ActionExecutor {
  private final PinCpus action;

  PinCpusExecutor(PinCpus action) {
    this.action = action;
  }

  @Override
  public PinCpus action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    return host.domain(action.vm());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return Optional.of(Illegal.of("there is no domain " + action.vm()));
    }
    if (!present.persistent()) {
      return Optional.of(
          Illegal.of("domain " + action.vm() + " is transient: it has no configuration to pin in"));
    }
    int vcpus = present.domain().vcpus();
    if (action.pins().vcpus().size() != vcpus
        || present.domain().configPins().filter(p -> p.vcpus().size() != vcpus).isPresent()) {
      return Optional.of(
          Illegal.of(
              "pins for " + action.pins().vcpus().size() + " vCPUs; the domain has " + vcpus));
    }
    if (present.active() && present.domain().livePins().isEmpty()) {
      return Optional.of(
          Illegal.of("the threads of " + action.vm() + " cannot be found in the kernel"));
    }
    return missingCpus(host.onlineCpus());
  }

  private Optional<Illegal> missingCpus(CpuSet online) {
    CpuSet wanted = action.pins().allVcpuCpus().union(action.pins().emulator());
    CpuSet missing = wanted.minus(online);
    if (!missing.isEmpty()) {
      return Optional.of(
          Illegal.of("CPUs " + missing + " are not online here (online: " + online + ")"));
    }
    boolean empty =
        action.pins().emulator().isEmpty()
            || action.pins().vcpus().stream().anyMatch(CpuSet::isEmpty);
    return empty ? Optional.of(Illegal.of("a pin to no CPU")) : Optional.empty();
  }

  @Override
  public boolean atTarget(ObjectState state) {
    return state instanceof DomainPresent present
        && present.domain().configPins().equals(Optional.of(action.pins()))
        && (!present.active() || present.domain().livePins().equals(Optional.of(action.pins())))
        && iothreadsAt(present.configTuning())
        && (!present.active() || iothreadsAt(present.liveTuning()));
  }

  /** I/O threads are threads of the emulator's. */
  private boolean iothreadsAt(Optional<Tuning> tuning) {
    return tuning.stream()
        .flatMap(known -> known.iothreads().values().stream())
        .allMatch(action.pins().emulator()::equals);
  }

  private static SortedMap<Integer, CpuSet> iothreads(Optional<Tuning> tuning) {
    return tuning.map(Tuning::iothreads).orElseGet(TreeMap::new);
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    return state instanceof DomainPresent present
        ? present.withTuning(
            present.configTuning().map(this::pinned),
            present.liveTuning().map(this::pinned),
            present
                .domain()
                .withPins(
                    present.active() ? Optional.of(action.pins()) : Optional.empty(),
                    Optional.of(action.pins())))
        : state;
  }

  private Tuning pinned(Tuning tuning) {
    SortedMap<Integer, CpuSet> iothreads = new TreeMap<>(tuning.iothreads());
    iothreads.replaceAll((id, cpus) -> action.pins().emulator());
    return tuning.withIothreads(iothreads);
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    boolean live = before instanceof DomainPresent present && present.active();
    pin(action.pins(), live ? PinScope.BOTH : PinScope.CONFIG, writer);
    if (before instanceof DomainPresent present) {
      CpuSet emulator = action.pins().emulator();
      for (int id : iothreads(present.configTuning()).keySet()) {
        writer.libvirt().pinIothread(action.vm().value(), id, emulator, PinScope.CONFIG);
      }
      for (int id : iothreads(present.liveTuning()).keySet()) {
        writer.libvirt().pinIothread(action.vm().value(), id, emulator, PinScope.LIVE);
      }
    }
    ObjectState after = host.domain(action.vm());
    if (!atTarget(after)) {
      throw new ExecutionFault("after pinning the domain reads back as " + after.describe());
    }
  }

  private void pin(CpuPins pins, PinScope scope, HostWriter writer) throws LibvirtFault {
    String name = action.vm().value();
    for (int vcpu = 0; vcpu < pins.vcpus().size(); vcpu++) {
      writer.libvirt().pinVcpu(name, vcpu, pins.vcpus().get(vcpu), scope);
    }
    writer.libvirt().pinEmulator(name, pins.emulator(), scope);
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    if (!(before instanceof DomainPresent old)
        || !(now instanceof DomainPresent found)
        || !old.domain().uuid().equals(found.domain().uuid())) {
      return Standing.FOREIGN;
    }
    List<CpuSet> oldConfig = threads(old.domain().configPins());
    List<CpuSet> foundConfig = threads(found.domain().configPins());
    // A domain that stopped or started meanwhile has lost or got its live pins by that.
    boolean live = old.active() && found.active();
    List<CpuSet> oldLive = live ? threads(old.domain().livePins()) : oldConfig;
    List<CpuSet> foundLive = live ? threads(found.domain().livePins()) : foundConfig;
    boolean sameIothreads =
        iothreads(found.configTuning()).equals(iothreads(old.configTuning()))
            && (!live || iothreads(found.liveTuning()).equals(iothreads(old.liveTuning())));
    if (foundConfig.equals(oldConfig) && foundLive.equals(oldLive) && sameIothreads) {
      return Standing.BEFORE;
    }
    List<CpuSet> target = threads(Optional.of(action.pins()));
    return isMixture(foundConfig, oldConfig, target) && isMixture(foundLive, oldLive, target)
        ? Standing.OWN_STEP
        : Standing.FOREIGN;
  }

  /** All pins in the order in which they are written. */
  private static List<CpuSet> threads(Optional<CpuPins> pins) {
    List<CpuSet> threads = new ArrayList<>();
    pins.ifPresent(
        present -> {
          threads.addAll(present.vcpus());
          threads.add(present.emulator());
        });
    return threads;
  }

  /**
   * Whether each thread has the one's pins or the other's: what an interrupted sequence, and an
   * interrupted undo of it, can leave.
   */
  private static boolean isMixture(List<CpuSet> found, List<CpuSet> one, List<CpuSet> other) {
    return found.size() == one.size()
        && found.size() == other.size()
        && IntStream.range(0, found.size())
            .allMatch(i -> found.get(i).equals(one.get(i)) || found.get(i).equals(other.get(i)));
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    if (!(before instanceof DomainPresent old) || old.domain().configPins().isEmpty()) {
      throw new ExecutionFault("no pins to restore");
    }
    CpuPins config = old.domain().configPins().get();
    boolean live = host.domain(action.vm()) instanceof DomainPresent now && now.active();
    if (live) {
      pin(old.domain().livePins().orElse(config), PinScope.LIVE, writer);
    }
    pin(config, PinScope.CONFIG, writer);
    unpinIothreads(old.configTuning(), PinScope.CONFIG, host, writer);
    if (live) {
      unpinIothreads(old.liveTuning(), PinScope.LIVE, host, writer);
    }
    ObjectState after = host.domain(action.vm());
    if (standing(before, after) != Standing.BEFORE) {
      throw new ExecutionFault("after undo the pins read back as " + after.describe());
    }
  }

  /** One without a pin of its own may run anywhere, which a pin to all CPUs says as well. */
  private void unpinIothreads(
      Optional<Tuning> former, PinScope scope, HostReader host, HostWriter writer)
      throws LibvirtFault {
    for (var thread : iothreads(former).entrySet()) {
      CpuSet cpus = thread.getValue().isEmpty() ? host.onlineCpus() : thread.getValue();
      writer.libvirt().pinIothread(action.vm().value(), thread.getKey(), cpus, scope);
    }
  }
}
