package dev.ballast.agent.host.libvirt;

import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import java.util.List;
import java.util.Optional;

/**
 * A domain as libvirt's calls tell it.
 *
 * @param active whether a QEMU process exists
 * @param managedSave whether a saved memory image waits for the next start
 * @param vcpus of the running domain, else of the configuration
 * @param persistentXml with secrets; absent for a transient domain
 * @param liveXml of the running domain; absent when it does not run
 */
public record DomainRow(
    String name,
    String uuid,
    DomainState state,
    boolean active,
    boolean autostart,
    boolean managedSave,
    int vcpus,
    long memoryBytes,
    Optional<String> persistentXml,
    Optional<String> liveXml,
    List<DomainSnapshot> snapshots) {
  public DomainRow {
    snapshots = List.copyOf(snapshots);
  }

  /** A domain without snapshots. */
  public DomainRow(
      String name,
      String uuid,
      DomainState state,
      boolean active,
      boolean autostart,
      boolean managedSave,
      int vcpus,
      long memoryBytes,
      Optional<String> persistentXml,
      Optional<String> liveXml) {
    this(
        name,
        uuid,
        state,
        active,
        autostart,
        managedSave,
        vcpus,
        memoryBytes,
        persistentXml,
        liveXml,
        List.of());
  }
}
