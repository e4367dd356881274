package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.VmLimits;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sets the limits of the running domain, then those of its persistent configuration, and looks
 * afterwards at the control groups and at both configurations.
 */
final class SetLimitsExecutor implements ActionExecutor {
  private final SetLimits action;

  SetLimitsExecutor(SetLimits action) {
    this.action = action;
  }

  @Override
  public SetLimits action() {
    return action;
  }

  @Override
  public ObjectState observe(HostReader host) throws LibvirtFault, ExecutionFault {
    return host.domain(action.vm());
  }

  @Override
  public Optional<Illegal> illegal(ObjectState state, HostReader host) {
    return new LimitRules(action, host).illegal(state);
  }

  @Override
  public boolean atTarget(ObjectState state) {
    if (!(state instanceof DomainPresent present)) {
      return false;
    }
    boolean config =
        present.configTuning().filter(t -> t.limits().equals(action.limits())).isPresent();
    boolean live =
        !present.active()
            || present
                .liveTuning()
                .filter(t -> seen(t).equals(onDevicesOf(t, action.limits()).withoutBalloon()))
                .isPresent();
    return config && live;
  }

  private static VmLimits seen(Tuning live) {
    return live.limits().withoutBalloon();
  }

  /** A disk or NIC that comes with the next start cannot be limited now. */
  private static VmLimits onDevicesOf(Tuning tuning, VmLimits limits) {
    SortedMap<String, DiskLimits> disks = new TreeMap<>(limits.disks());
    disks.keySet().retainAll(tuning.disks());
    SortedMap<Integer, NicLimits> nics = new TreeMap<>(limits.nics());
    nics.keySet().removeIf(nic -> nic >= tuning.nics().size());
    return limits.withDevices(disks, nics);
  }

  @Override
  public ObjectState predict(ObjectState state, HostReader host) {
    if (!(state instanceof DomainPresent present)) {
      return state;
    }
    Optional<Tuning> config = present.configTuning().map(t -> t.with(action.limits(), t.shares()));
    Optional<Tuning> live =
        present.liveTuning().map(t -> t.with(onDevicesOf(t, action.limits()), t.shares()));
    return present.withTuning(
        config,
        live,
        present.domain().withLimits(config.map(Tuning::limits), live.map(SetLimitsExecutor::seen)));
  }

  @Override
  public void apply(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    if (!(before instanceof DomainPresent old) || old.configTuning().isEmpty()) {
      throw new ExecutionFault("the limits of " + action.vm() + " are not known");
    }
    if (old.active() && old.liveTuning().isPresent()) {
      Tuning live = old.liveTuning().get();
      write(PinScope.LIVE, live, target(live, old, host), writer);
    }
    Tuning config = old.configTuning().get();
    write(PinScope.CONFIG, config, target(config, old, host), writer);
    ObjectState after = host.domain(action.vm());
    if (!atTarget(after)) {
      throw new ExecutionFault("after limiting the domain reads back as " + after.describe());
    }
  }

  private void write(PinScope scope, Tuning now, Tuning target, HostWriter writer)
      throws LibvirtFault {
    new LimitWrites(action.vm(), scope, writer.libvirt()).write(now, target);
  }

  private Tuning target(Tuning now, DomainPresent domain, HostReader host) {
    int weight = action.limits().cpuWeight();
    Optional<Long> shares =
        weight == now.limits().cpuWeight()
            ? now.shares()
            : Optional.of(CpuWeight.toShares(weight, host.cgroupVersion()));
    long memoryBytes =
        keepsBalloon(domain)
            ? now.memoryBytes()
            : action.limits().balloonBytes().orElse(domain.domain().memoryBytes());
    return changed(now, action.limits(), shares, memoryBytes);
  }

  private static Tuning changed(
      Tuning now, VmLimits limits, Optional<Long> shares, long memoryBytes) {
    return new Tuning(
        limits,
        shares,
        memoryBytes,
        now.disks(),
        now.nics(),
        now.memory(),
        now.iothreads(),
        now.tied());
  }

  @Override
  public Standing standing(ObjectState before, ObjectState now) {
    if (atTarget(now)) {
      return Standing.TARGET;
    }
    if (!(before instanceof DomainPresent old)
        || !(now instanceof DomainPresent found)
        || !old.domain().uuid().equals(found.domain().uuid())
        || old.configTuning().isEmpty()
        || found.configTuning().isEmpty()) {
      return Standing.FOREIGN;
    }
    Tuning oldConfig = old.configTuning().get();
    Tuning foundConfig = found.configTuning().get();
    // A domain that stopped or started meanwhile has lost or got its live limits by that.
    boolean live =
        old.active()
            && found.active()
            && old.liveTuning().isPresent()
            && found.liveTuning().isPresent();
    VmLimits oldLive = live ? seen(old.liveTuning().get()) : VmLimits.NONE;
    VmLimits foundLive = live ? seen(found.liveTuning().get()) : VmLimits.NONE;
    if (foundConfig.limits().equals(oldConfig.limits()) && foundLive.equals(oldLive)) {
      return Standing.BEFORE;
    }
    return isMixture(foundConfig.limits(), oldConfig.limits()) && isMixture(foundLive, oldLive)
        ? Standing.OWN_STEP
        : Standing.FOREIGN;
  }

  /**
   * Whether each limit is the former one or the target, or a lifted quota: what an interrupted
   * sequence, and an interrupted undo of it, can leave.
   */
  private boolean isMixture(VmLimits found, VmLimits old) {
    VmLimits target = action.limits();
    boolean quotas =
        found.vcpuQuota().stream().allMatch(q -> isOne(q, old.vcpuQuota(), target.vcpuQuota()))
            && found.emulatorQuota().stream()
                .allMatch(q -> isOne(q, old.emulatorQuota(), target.emulatorQuota()))
            && found.globalQuota().stream()
                .allMatch(q -> isOne(q, old.globalQuota(), target.globalQuota()))
            && found.iothreadQuota().stream()
                .allMatch(q -> isOne(q, old.iothreadQuota(), target.iothreadQuota()));
    return quotas
        && isOneOf(found.cpuWeight(), old.cpuWeight(), target.cpuWeight())
        && isOneOf(found.memorySoftBytes(), old.memorySoftBytes(), target.memorySoftBytes())
        && isOneOf(found.cap(), old.cap(), target.cap())
        && isOneOf(found.blkioWeight(), old.blkioWeight(), target.blkioWeight())
        && isOneOf(found.balloonBytes(), old.balloonBytes(), target.balloonBytes())
        && areOneOf(found.disks(), old.disks(), target.disks(), DiskLimits.NONE)
        && areOneOf(found.nics(), old.nics(), target.nics(), NicLimits.NONE);
  }

  private static <T> boolean isOne(T found, Optional<T> one, Optional<T> other) {
    return isOneOf(Optional.of(found), one, other);
  }

  private static <T> boolean isOneOf(T found, T one, T other) {
    return Objects.equals(found, one) || Objects.equals(found, other);
  }

  private static <K extends Comparable<K>, T> boolean areOneOf(
      Map<K, T> found, Map<K, T> one, Map<K, T> other, T none) {
    SortedMap<K, T> all = new TreeMap<>(found);
    all.putAll(one);
    all.putAll(other);
    return all.keySet().stream()
        .allMatch(
            key ->
                isOneOf(
                    found.getOrDefault(key, none),
                    one.getOrDefault(key, none),
                    other.getOrDefault(key, none)));
  }

  @Override
  public void undo(ObjectState before, HostReader host, HostWriter writer)
      throws LibvirtFault, ExecutionFault {
    if (!(before instanceof DomainPresent old)
        || old.configTuning().isEmpty()
        || !(host.domain(action.vm()) instanceof DomainPresent now)
        || now.configTuning().isEmpty()) {
      throw new ExecutionFault("no limits to restore");
    }
    Tuning config = old.configTuning().get();
    if (now.active() && now.liveTuning().isPresent()) {
      Tuning found = now.liveTuning().get();
      write(
          PinScope.LIVE,
          found,
          restored(old.liveTuning().orElse(config), old, found, host),
          writer);
    }
    Tuning found = now.configTuning().get();
    write(PinScope.CONFIG, found, restored(config, old, found, host), writer);
    ObjectState after = host.domain(action.vm());
    if (standing(before, after) != Standing.BEFORE) {
      throw new ExecutionFault("after undo the limits read back as " + after.describe());
    }
  }

  /** The former limits; a weight that nobody had written becomes the default by its number. */
  private Tuning restored(Tuning former, DomainPresent old, Tuning found, HostReader host) {
    boolean sameWeight = former.limits().cpuWeight() == found.limits().cpuWeight();
    Optional<Long> shares =
        sameWeight && former.shares().isEmpty()
            ? found.shares()
            : former
                .shares()
                .or(
                    () ->
                        Optional.of(
                            CpuWeight.toShares(former.limits().cpuWeight(), host.cgroupVersion())));
    long memoryBytes = keepsBalloon(old) ? found.memoryBytes() : former.memoryBytes();
    return changed(found, former.limits(), shares, memoryBytes);
  }

  private boolean keepsBalloon(DomainPresent before) {
    return before
        .configTuning()
        .map(tuning -> tuning.limits().balloonBytes())
        .equals(Optional.of(action.limits().balloonBytes()));
  }
}
