package dev.ballast.agent.executor;

import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.core.model.VmName;
import java.util.Optional;

/** What the kernel's control groups say about running domains. */
public interface LiveLimits {
  /** Knows of no domain. */
  LiveLimits NONE =
      new LiveLimits() {
        @Override
        public Optional<GroupLimits> read(VmName vm) {
          return Optional.empty();
        }

        @Override
        public Optional<Long> memoryUseBytes(VmName vm) {
          return Optional.empty();
        }
      };

  /** Absent when the domain's groups cannot be found. */
  Optional<GroupLimits> read(VmName vm);

  /** What its memory takes of the host now; absent when that cannot be found. */
  Optional<Long> memoryUseBytes(VmName vm);

  /** Where domains' memory is. */
  default LiveMemory memory() {
    return LiveMemory.NONE;
  }

  /** Whether the host keeps blkio weights at all. */
  default boolean keepsBlkioWeights() {
    return false;
  }

  /** 1, 2, or 0 when the host has none for CPUs. */
  default int cgroupVersion() {
    return 1;
  }
}
