package dev.ballast.agent.executor;

import dev.ballast.core.model.HostName;

/**
 * How VMs may leave this host.
 *
 * @param here this host's own name
 * @param allowed whether the agent's configuration says how VMs migrate
 * @param tls whether guests' memory crosses the network encrypted
 * @param unsafe whether libvirt's check for shared storage is left out; only in a lab
 */
public record MigrationPolicy(HostName here, boolean allowed, boolean tls, boolean unsafe) {
  /** Of a host whose configuration does not say how VMs migrate. */
  public static MigrationPolicy none(HostName here) {
    return new MigrationPolicy(here, false, true, false);
  }
}
