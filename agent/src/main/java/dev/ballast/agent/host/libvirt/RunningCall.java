package dev.ballast.agent.host.libvirt;

/** A call that lasts, which libvirt was asked for and has perhaps not answered yet. */
public interface RunningCall {
  /** Whether libvirt has answered; does not wait. */
  boolean ended();

  /**
   * libvirt's answer; to be asked after {@link #ended}.
   *
   * @throws LibvirtFault why it was not done, or why that is not known
   */
  void result() throws LibvirtFault;
}
