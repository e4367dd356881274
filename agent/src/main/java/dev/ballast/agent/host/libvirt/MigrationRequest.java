package dev.ballast.agent.host.libvirt;

/**
 * What libvirt is asked for with a live migration: peer to peer, the domain defined on the target
 * and undefined here.
 *
 * @param targetUri how this host's libvirt reaches the target's
 * @param targetXml the running domain, as the target is to run it
 * @param persistentXml its configuration, as the target is to define it
 * @param bandwidthBytesPerSecond rounded up to libvirt's unit, 1 MiB/s; 0 = unlimited
 * @param autoConverge whether the guest may be slowed down so that the migration comes to its end
 * @param tls whether the guest's memory crosses the network encrypted
 * @param unsafe whether libvirt's check for shared storage is left out
 * @param postCopy whether the guest may be switched over before all of its memory is there
 * @param copyStorage whether disks are copied along
 */
public record MigrationRequest(
    String name,
    String targetUri,
    String targetXml,
    String persistentXml,
    long bandwidthBytesPerSecond,
    boolean autoConverge,
    boolean tls,
    boolean unsafe,
    boolean postCopy,
    boolean copyStorage) {
  @Override
  public String toString() {
    return "MigrationRequest[" + name + " to " + targetUri + "]";
  }
}
