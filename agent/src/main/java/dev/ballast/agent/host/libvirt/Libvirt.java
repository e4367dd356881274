package dev.ballast.agent.host.libvirt;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The reading calls of libvirt; each ends within the configured time. */
public interface Libvirt {
  /** What {@link #stateAndReason} says of a guest that had been stopped to run on the target. */
  String STARTED_AGAIN = "RUNNING (migration canceled)";

  /** All domains, active or not. */
  List<DomainRow> domains() throws LibvirtFault;

  /** The domain of that name. */
  Optional<DomainRow> domain(String name) throws LibvirtFault;

  /**
   * Whether libvirt works on nothing for the domain: no job, and its monitor is not held. A domain
   * that is not active is idle.
   */
  boolean idle(String name) throws LibvirtFault;

  /** How far the domain's migration to another host has come; absent while it does not migrate. */
  Optional<MigrationJob> migration(String name) throws LibvirtFault;

  /** The active domain as another host's libvirt understands it. */
  MigratableXml migratableXml(String name) throws LibvirtFault;

  /** How many snapshots the domain has. */
  int snapshots(String name) throws LibvirtFault;

  /** The domain's state with libvirt's reason for it: {@code PAUSED (migration)}. */
  String stateAndReason(String name) throws LibvirtFault;

  /** What the guest's balloon driver tells; absent when it tells nothing. */
  Optional<GuestMemory> guestMemory(String name) throws LibvirtFault;

  /** Versions by component: libvirt, qemu. */
  SortedMap<String, String> versions() throws LibvirtFault;

  /** Why libvirt cannot be used now; absent while it can. */
  Optional<String> lack();
}
