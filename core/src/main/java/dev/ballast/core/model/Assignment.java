package dev.ballast.core.model;

/**
 * The host and CPUs that Ballast chose for a VM.
 *
 * @param override whether an operator's verb chose the pins (listed by {@code plan}, removed by
 *     {@code rollback})
 */
public record Assignment(VmName vm, HostName host, CpuPins pins, boolean override) {
  public Assignment withPins(CpuPins newPins) {
    return new Assignment(vm, host, newPins, override);
  }
}
