package dev.ballast.agent.host.libvirt;

/**
 * A domain as another host's libvirt understands it, with secrets.
 *
 * @param live of the running domain
 * @param persistent of its configuration
 */
public record MigratableXml(String live, String persistent) {
  @Override
  public String toString() {
    return "MigratableXml[" + live.length() + ", " + persistent.length() + " characters]";
  }
}
