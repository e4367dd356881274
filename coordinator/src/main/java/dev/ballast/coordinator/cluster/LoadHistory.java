package dev.ballast.coordinator.cluster;

import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The newest load samples of hosts and a bounded window of each VM, in memory only. */
public final class LoadHistory {
  /** So many samples of each VM are kept. */
  public static final int SAMPLE_LIMIT = 120;

  /** A VM without a sample for so long, by its host's clock, is forgotten. */
  public static final long FORGET_MILLIS = 600_000;

  /** One sample of a VM on the host where it ran. */
  public record Sample(HostName host, long epochMillis, VmLoad load) {}

  private final Map<HostName, HostLoad> hosts = new ConcurrentHashMap<>();
  private final Map<VmName, ArrayDeque<Sample>> vms = new ConcurrentHashMap<>();

  /** The newest sample of the host. */
  public Optional<HostLoad> host(HostName host) {
    return Optional.ofNullable(hosts.get(host));
  }

  /** The window of the VM, oldest first; empty for a VM that nobody reports. */
  public List<Sample> vm(VmName vm) {
    ArrayDeque<Sample> window = vms.get(vm);
    if (window == null) {
      return List.of();
    }
    synchronized (window) {
      return List.copyOf(window);
    }
  }

  void record(HostName host, HostLoad load) {
    hosts.put(host, load);
    for (VmLoad vm : load.vms()) {
      ArrayDeque<Sample> window = vms.computeIfAbsent(vm.vm(), name -> new ArrayDeque<>());
      synchronized (window) {
        if (window.size() == SAMPLE_LIMIT) {
          window.removeFirst();
        }
        window.addLast(new Sample(host, load.epochMillis(), vm));
      }
    }
  }

  /** Forgets VMs that this host, which had them last, has long not reported. */
  void forgetStale(HostName host, long nowEpochMillis) {
    Iterator<ArrayDeque<Sample>> windows = vms.values().iterator();
    while (windows.hasNext()) {
      ArrayDeque<Sample> window = windows.next();
      synchronized (window) {
        Sample last = window.peekLast();
        if (last != null
            && last.host().equals(host)
            && last.epochMillis() < nowEpochMillis - FORGET_MILLIS) {
          windows.remove();
        }
      }
    }
  }
}
