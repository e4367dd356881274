package dev.ballast.agent.host.libvirt;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The reading calls of libvirt; each ends within the configured time. */
public interface Libvirt {
  /** All domains, active or not. */
  List<DomainRow> domains() throws LibvirtFault;

  /** The domain of that name. */
  Optional<DomainRow> domain(String name) throws LibvirtFault;

  /**
   * Whether libvirt works on nothing for the domain: no job, and its monitor is not held. A domain
   * that is not active is idle.
   */
  boolean idle(String name) throws LibvirtFault;

  /** Versions by component: libvirt, qemu. */
  SortedMap<String, String> versions() throws LibvirtFault;

  /** Why libvirt cannot be used now; absent while it can. */
  Optional<String> lack();
}
