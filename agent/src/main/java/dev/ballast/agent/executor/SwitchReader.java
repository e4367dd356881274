package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.NoSwitch;
import dev.ballast.agent.executor.ObjectState.SwitchPresent;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.ovs.HostLinks;
import dev.ballast.agent.host.ovs.Ovsdb;
import dev.ballast.agent.host.ovs.OvsdbFault;
import java.io.UncheckedIOException;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Reads the host's Open vSwitch and the links that could join it. */
public final class SwitchReader {
  /** The userspace datapath; the kernel's has an empty name. */
  private static final String USERSPACE = "netdev";

  private static final String KERNEL_MODULE = "/sys/module/openvswitch";

  private final Ovsdb database;
  private final Supplier<SortedMap<String, String>> links;
  private final Supplier<String> datapath;

  public SwitchReader(Ovsdb database, KernelFiles files) {
    this(database, new HostLinks(files)::read, () -> files.exists(KERNEL_MODULE) ? "" : USERSPACE);
  }

  /**
   * @param links the host's links, each with what it carries
   * @param datapath the type of datapath of new bridges
   */
  public SwitchReader(
      Ovsdb database, Supplier<SortedMap<String, String>> links, Supplier<String> datapath) {
    this.database = database;
    this.links = links;
    this.datapath = datapath;
  }

  /** The whole switch, or {@link NoSwitch}; without what only an action needs. */
  public ObjectState observe() {
    try {
      SwitchRows rows = new SwitchRows(database.rows(SwitchRows.MODEL));
      return new SwitchPresent(rows.observed(links.get(), datapath.get()), new TreeSet<>(), "", "");
    } catch (OvsdbFault | UncheckedIOException e) {
      return new NoSwitch(String.valueOf(e.getMessage()));
    }
  }

  /** The switch as an action on those bridges needs it; waits while the database restarts. */
  ObjectState observe(SortedSet<String> names) throws ExecutionFault {
    try {
      database.settle();
      return state(rows(), names);
    } catch (OvsdbFault | UncheckedIOException e) {
      return new NoSwitch(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionFault("interrupted while waiting for Open vSwitch");
    }
  }

  SwitchRows rows() throws OvsdbFault {
    return new SwitchRows(database.rows(SwitchRows.WHOLE));
  }

  SwitchPresent state(SwitchRows rows, SortedSet<String> names) {
    return new SwitchPresent(
        rows.observed(links.get(), datapath.get()),
        names,
        rows.trouble(names),
        BridgeRows.write(BridgeRows.saved(rows, names)));
  }

  /** The type of datapath that a new bridge gets: the kernel's where it has one. */
  String datapath() {
    return datapath.get();
  }
}
