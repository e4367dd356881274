package dev.ballast.coordinator.store;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;

/** An operator's stop: nothing changes within its scope until it is lifted. */
public record Freeze(Scope scope, String reason, long sinceEpochMillis) {
  /** What is frozen. */
  public sealed interface Scope {
    /** All hosts and VMs. */
    record Cluster() implements Scope {}

    /** One host with its VMs. */
    record Host(HostName host) implements Scope {}

    /** One VM, wherever it is. */
    record Vm(VmName vm) implements Scope {}
  }
}
