package dev.ballast.agent.host.libvirt;

/** A domain's XML that cannot be understood; the message says what and where. */
public final class DomainXmlException extends Exception {
  private static final long serialVersionUID = 1;

  public DomainXmlException(String message) {
    super(message);
  }
}
