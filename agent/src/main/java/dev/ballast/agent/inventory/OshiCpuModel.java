package dev.ballast.agent.inventory;

import java.util.Optional;
import java.util.function.Supplier;
import oshi.SystemInfo;

/**
 * The processor's name by OSHI's tables, which know ARM's and others' part numbers. Costs half a
 * second of CPU and 7 MB: asked only where /proc/cpuinfo names no model.
 */
public final class OshiCpuModel implements Supplier<Optional<String>> {
  @Override
  public Optional<String> get() {
    String name =
        new SystemInfo().getHardware().getProcessor().getProcessorIdentifier().getName().strip();
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }
}
