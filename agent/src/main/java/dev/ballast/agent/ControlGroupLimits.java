package dev.ballast.agent;

import dev.ballast.agent.executor.LiveLimits;
import dev.ballast.agent.executor.LiveMemory;
import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.agent.host.kernel.ProcessMemory;
import dev.ballast.agent.inventory.LiveLimitsReader;
import dev.ballast.agent.inventory.LiveMemoryReader;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.Optional;
import java.util.SortedMap;

/** {@link LiveLimits} from the kernel's files. */
record ControlGroupLimits(LiveLimitsReader reader, LiveMemoryReader nodes) implements LiveLimits {
  @Override
  public Optional<GroupLimits> read(VmName vm) {
    return reader.read(vm);
  }

  @Override
  public Optional<Long> memoryUseBytes(VmName vm) {
    return reader.memoryUseBytes(vm);
  }

  @Override
  public LiveMemory memory() {
    return new LiveMemory() {
      @Override
      public Optional<CpuSet> allowedNodes(VmName vm) {
        return nodes.allowedNodes(vm);
      }

      @Override
      public SortedMap<Integer, CpuSet> iothreads(VmName vm) {
        return nodes.iothreads(vm);
      }

      @Override
      public Optional<ProcessMemory> memory(VmName vm) {
        return nodes.memory(vm);
      }

      @Override
      public long freeBytes(int node, boolean huge) {
        return nodes.freeBytes(node, huge);
      }

      @Override
      public boolean migrates(VmName vm) {
        return nodes.migrates(vm);
      }
    };
  }

  @Override
  public boolean keepsBlkioWeights() {
    return reader.keepsBlkioWeights();
  }

  @Override
  public int cgroupVersion() {
    return reader.cgroupVersion();
  }
}
