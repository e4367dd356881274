package dev.ballast.agent.command;

import dev.ballast.agent.executor.LiveLimits;
import dev.ballast.agent.executor.LiveMemory;
import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.agent.host.kernel.ProcessMemory;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the kernel of a fake host tells of the groups and the memory of running domains. */
final class FakeGroups implements LiveLimits, LiveMemory {
  private final Map<String, FakeGuest> guests;

  Optional<Long> memoryUse = Optional.of(8L << 20);
  boolean bfq = true;
  boolean memoryMigrates = true;
  long nodeFreeBytes = 1L << 30;
  ProcessMemory processMemory = new ProcessMemory(new TreeMap<>(), new TreeMap<>());

  FakeGroups(Map<String, FakeGuest> guests) {
    this.guests = guests;
  }

  private FakeGuest guest(VmName vm) {
    FakeGuest guest = guests.get(vm.value());
    if (guest == null) {
      throw new IllegalStateException("no domain " + vm);
    }
    return guest;
  }

  @Override
  public Optional<GroupLimits> read(VmName vm) {
    return Optional.of(guest(vm).limits.groups());
  }

  @Override
  public Optional<Long> memoryUseBytes(VmName vm) {
    return memoryUse;
  }

  @Override
  public LiveMemory memory() {
    return this;
  }

  @Override
  public Optional<ProcessMemory> memory(VmName vm) {
    return Optional.of(processMemory);
  }

  @Override
  public boolean keepsBlkioWeights() {
    return bfq;
  }

  @Override
  public Optional<CpuSet> allowedNodes(VmName vm) {
    String nodes = guest(vm).liveMemory;
    return nodes.isEmpty()
        ? Optional.empty()
        : Optional.of(CpuSet.parse(nodes.substring(nodes.indexOf(' ') + 1)));
  }

  @Override
  public SortedMap<Integer, CpuSet> iothreads(VmName vm) {
    return guest(vm).liveIothreads;
  }

  @Override
  public long freeBytes(int node, boolean huge) {
    return huge ? 0 : nodeFreeBytes;
  }

  @Override
  public boolean migrates(VmName vm) {
    return memoryMigrates;
  }
}
