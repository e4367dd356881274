package dev.ballast.agent.executor;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.topology.CpuSet;
import java.util.stream.Collectors;

/**
 * Pins for people: {@code 0-3|4-7 emulator 0-7}, or {@code 4 x 0-3 emulator 0-7} when all are
 * equal; different pins have different texts.
 */
final class PinText {
  private PinText() {}

  static String of(CpuPins pins) {
    String vcpus =
        pins.vcpus().stream().distinct().count() == 1
            ? pins.vcpus().size() + " x " + pins.vcpus().getFirst()
            : pins.vcpus().stream().map(CpuSet::toString).collect(Collectors.joining("|"));
    return vcpus + " emulator " + pins.emulator();
  }
}
