package dev.ballast.agent.host.libvirt;

/** Reads guests' clocks. */
@FunctionalInterface
public interface GuestTime {
  /**
   * By how much the guest's clock is ahead of the host's, to the second at least.
   *
   * @throws LibvirtFault when no guest agent answers
   */
  long offsetMillis(String domain) throws LibvirtFault;
}
