package dev.ballast.core.model;

/** What an agent can do on its host now; a lack carries a reason and is no fault of the agent. */
public enum Capability {
  LIBVIRT,
  KVM,
  KSM,
  OPEN_VSWITCH,
  CGROUP_CPU,
  SCHEDSTAT,
  MIGRATION
}
