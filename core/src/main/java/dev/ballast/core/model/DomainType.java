package dev.ballast.core.model;

/** Who executes a guest: the hardware (KVM), emulation (QEMU), or the better that the host has. */
public enum DomainType {
  AUTO,
  KVM,
  QEMU
}
