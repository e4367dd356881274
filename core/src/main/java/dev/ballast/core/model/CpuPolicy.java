package dev.ballast.core.model;

/** Whether a VM's vCPUs share host CPUs with other VMs or own them. */
public enum CpuPolicy {
  SHARED,
  DEDICATED
}
