package dev.ballast.core.plan;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;

/** What the coordinator is to remember once a plan is carried out. */
public sealed interface DesiredChange {
  /** The specification of a VM. */
  record PutSpec(VmSpec spec) implements DesiredChange {}

  /** The VM is no longer specified. */
  record RemoveSpec(VmName vm) implements DesiredChange {}

  /** Where a VM sits. */
  record PutAssignment(Assignment assignment) implements DesiredChange {}

  /** The VM sits nowhere. */
  record RemoveAssignment(VmName vm) implements DesiredChange {}

  /** What a host's KSM is to be. */
  record PutKsm(HostName host, KsmSettings settings) implements DesiredChange {}

  /** Nobody has decided about a host's KSM any more. */
  record RemoveKsm(HostName host) implements DesiredChange {}

  /** What one thing of a host is to be. */
  record PutHostSetting(HostName host, HostSetting setting) implements DesiredChange {}

  /** Nobody has decided about that thing of the host any more. */
  record RemoveHostSetting(HostName host, String key) implements DesiredChange {}

  /** Limits that an operator set instead of the specified ones. */
  record PutLimits(VmName vm, VmLimits limits) implements DesiredChange {}

  /** The specified limits hold again. */
  record RemoveLimits(VmName vm) implements DesiredChange {}

  /** A network. */
  record PutNetwork(NetworkSpec network) implements DesiredChange {}

  /** There is no such network any more. */
  record RemoveNetwork(NetworkName network) implements DesiredChange {}
}
