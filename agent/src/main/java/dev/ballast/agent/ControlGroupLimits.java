package dev.ballast.agent;

import dev.ballast.agent.executor.LiveLimits;
import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.agent.inventory.LiveLimitsReader;
import dev.ballast.core.model.VmName;
import java.util.Optional;

/** {@link LiveLimits} from the kernel's files. */
record ControlGroupLimits(LiveLimitsReader reader) implements LiveLimits {
  @Override
  public Optional<GroupLimits> read(VmName vm) {
    return reader.read(vm);
  }

  @Override
  public Optional<Long> memoryUseBytes(VmName vm) {
    return reader.memoryUseBytes(vm);
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
