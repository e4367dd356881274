package dev.ballast.agent.host.ovs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Reads of Open vSwitch's database. */
public interface Ovsdb {
  /**
   * The rows of tables, all of one state of the database.
   *
   * @param columns by table; an empty list for all columns
   * @return by table, in the order of the database
   * @throws OvsdbFault also while there is no connection
   */
  Map<String, List<ObjectNode>> rows(Map<String, List<String>> columns) throws OvsdbFault;

  /** Waits, for a bounded time, for a connection that was lost to come back. */
  void settle() throws InterruptedException;

  /** A host that has no Open vSwitch. */
  static Ovsdb none() {
    return new Ovsdb() {
      @Override
      public Map<String, List<ObjectNode>> rows(Map<String, List<String>> columns)
          throws OvsdbFault {
        throw OvsdbFault.unreachable("Open vSwitch does not run: start openvswitch-switch");
      }

      @Override
      public void settle() {}
    };
  }
}
