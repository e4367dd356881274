package dev.ballast.agent.executor;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.VmName;
import java.util.Optional;

/** Where the kernel lets the threads of a running domain run. */
@FunctionalInterface
public interface LivePins {
  /** Absent when the domain's threads cannot be found. */
  Optional<CpuPins> read(VmName vm, int vcpus);
}
