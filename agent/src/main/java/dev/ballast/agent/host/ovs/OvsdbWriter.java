package dev.ballast.agent.host.ovs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The right to change Open vSwitch's database. */
public interface OvsdbWriter {
  /**
   * Commits all of the operations, or none.
   *
   * @return what each operation gave
   * @throws OvsdbFault when none took effect ({@link OvsdbFault#isRefused()}), or nobody knows
   */
  List<JsonNode> transact(List<ObjectNode> operations) throws OvsdbFault;

  /** A host that has no Open vSwitch. */
  static OvsdbWriter none() {
    return operations -> {
      throw OvsdbFault.unreachable("Open vSwitch does not run: start openvswitch-switch");
    };
  }
}
