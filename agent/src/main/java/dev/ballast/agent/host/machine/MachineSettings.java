package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.topology.CpuSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads the things of the machine that actions set; what the machine lacks is absent. */
public final class MachineSettings {
  private final HugepagePools hugepages;
  private final GuestCpus guestCpus;
  private final ChronySources chrony;
  private final Supplier<CpuSet> onlineCpus;

  public MachineSettings(KernelFiles files, Supplier<CpuSet> onlineCpus) {
    this.hugepages = new HugepagePools(files);
    this.guestCpus = new GuestCpus(files);
    this.chrony = new ChronySources(files);
    this.onlineCpus = onlineCpus;
  }

  /** All of them by key. */
  public SortedMap<String, HostSetting> read() {
    SortedMap<String, HostSetting> settings = new TreeMap<>(hugepages.read());
    guestCpus.read(onlineCpus.get()).ifPresent(found -> settings.put(found.key(), found));
    chrony.read().ifPresent(found -> settings.put(found.key(), found));
    return settings;
  }

  /** One of them. */
  public Optional<HostSetting> read(String key) {
    return Optional.ofNullable(read().get(key));
  }

  /** Why the thing may not become so from what it is, with the remedy. */
  public Optional<String> illegal(HostSetting target, HostSetting now) {
    return switch (target) {
      case Hugepages pages ->
          now instanceof Hugepages found ? hugepages.illegal(pages, found) : Optional.empty();
      case ReservedCpus(CpuSet cpus) -> {
        CpuSet online = onlineCpus.get();
        yield online.containsAll(cpus) && !cpus.containsAll(online)
            ? Optional.empty()
            : Optional.of(
                "CPUs " + cpus + " of " + online + " cannot be reserved: some stay for guests");
      }
      case TimeSources ignored -> Optional.empty();
    };
  }
}
