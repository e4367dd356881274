package dev.ballast.agent.host.libvirt;

/** A migration that libvirt was asked for and has perhaps not answered yet. */
public interface RunningMigration {
  /** Whether libvirt has answered; does not wait. */
  boolean ended();

  /**
   * libvirt's answer: returns when the domain runs on the target and is gone here. To be asked
   * after {@link #ended}.
   *
   * @throws LibvirtFault why the domain was not migrated, or why that is not known
   */
  void result() throws LibvirtFault;
}
