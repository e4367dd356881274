package dev.ballast.agent.executor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.host.ovs.Column;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The configuration columns of a bridge, its ports and their interfaces: what a row is made of.
 *
 * @param ports by name, without those of guests
 * @param mirrors by name, with names of ports in place of references
 */
record BridgeRows(
    ObjectNode columns,
    SortedMap<String, PortRows> ports,
    SortedMap<String, ObjectNode> mirrors,
    Optional<ObjectNode> sflow) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is saved of a row, so that it can be made again as it was. */
  private static final List<String> BRIDGE_COLUMNS =
      List.of(
          "name",
          "datapath_type",
          "external_ids",
          "other_config",
          "fail_mode",
          "protocols",
          "stp_enable",
          "rstp_enable",
          "mcast_snooping_enable",
          "flood_vlans");

  private static final List<String> PORT_COLUMNS =
      List.of(
          "name",
          "tag",
          "trunks",
          "cvlans",
          "vlan_mode",
          "external_ids",
          "other_config",
          "lacp",
          "bond_mode",
          "bond_active_slave",
          "bond_updelay",
          "bond_downdelay",
          "bond_fake_iface",
          "fake_bridge",
          "mac",
          "protected");

  private static final List<String> INTERFACE_COLUMNS =
      List.of(
          "name",
          "type",
          "options",
          "external_ids",
          "other_config",
          "mtu_request",
          "ofport_request",
          "mac",
          "ingress_policing_rate",
          "ingress_policing_burst",
          "ingress_policing_kpkts_rate",
          "ingress_policing_kpkts_burst",
          "lldp",
          "bfd",
          "cfm_mpid");

  private static final List<String> QOS_COLUMNS =
      List.of("_uuid", "type", "other_config", "queues", "external_ids");

  private static final List<String> SFLOW_COLUMNS =
      List.of("targets", "agent", "sampling", "polling", "header", "external_ids");

  /**
   * A port and its interfaces.
   *
   * @param interfaces by name
   * @param qos the row that shapes it; with {@code _uuid} where it was there already
   */
  record PortRows(
      ObjectNode columns, SortedMap<String, ObjectNode> interfaces, Optional<ObjectNode> qos) {}

  /** The bridges of those names as they are. */
  static SortedMap<String, BridgeRows> saved(SwitchRows rows, SortedSet<String> names) {
    SortedMap<String, BridgeRows> saved = new TreeMap<>();
    for (String name : names) {
      rows.bridge(name).ifPresent(bridge -> saved.put(name, saved(rows, bridge)));
    }
    return saved;
  }

  private static BridgeRows saved(SwitchRows rows, ObjectNode bridge) {
    SortedMap<String, PortRows> ports = new TreeMap<>();
    for (ObjectNode port : rows.ownPorts(bridge)) {
      SortedMap<String, ObjectNode> interfaces = new TreeMap<>();
      rows.interfaces(port)
          .forEach(row -> interfaces.put(SwitchRows.name(row), only(row, INTERFACE_COLUMNS)));
      Optional<ObjectNode> qos =
          rows.attached(SwitchRows.QOS, port.path("qos")).stream()
              .map(row -> only(row, QOS_COLUMNS))
              .findFirst();
      ports.put(SwitchRows.name(port), new PortRows(only(port, PORT_COLUMNS), interfaces, qos));
    }
    SortedMap<String, ObjectNode> mirrors = new TreeMap<>();
    rows.attached(SwitchRows.MIRROR, bridge.path("mirrors"))
        .forEach(row -> mirrors.put(SwitchRows.name(row), SwitchColumns.named(rows, row)));
    Optional<ObjectNode> sflow =
        rows.attached(SwitchRows.SFLOW, bridge.path("sflow")).stream()
            .map(row -> only(row, SFLOW_COLUMNS))
            .findFirst();
    return new BridgeRows(only(bridge, BRIDGE_COLUMNS), ports, mirrors, sflow);
  }

  private static ObjectNode only(ObjectNode row, List<String> columns) {
    ObjectNode result = NODES.objectNode();
    for (String column : columns) {
      if (row.has(column)) {
        result.set(column, row.get(column));
      }
    }
    return result;
  }

  /**
   * The rows of a bridge to be made.
   *
   * @param datapath Open vSwitch's type of the datapath
   */
  static BridgeRows of(SwitchBridge target, String datapath) {
    ObjectNode columns = NODES.objectNode().put("name", target.name());
    SwitchColumns.toBridge(columns, target.settings(), datapath);
    target.owner().ifPresent(owner -> columns.set("external_ids", mark(owner)));
    SortedMap<String, PortRows> ports = new TreeMap<>();
    target.ports().forEach((name, port) -> ports.put(name, of(port)));
    return new BridgeRows(
        columns,
        ports,
        SwitchColumns.mirrors(target.settings()),
        SwitchColumns.sflow(target.settings()));
  }

  private static PortRows of(SwitchPort port) {
    ObjectNode columns = NODES.objectNode().put("name", port.name());
    columns.set("tag", Column.numbers(port.tag().stream().toList()));
    columns.set("trunks", Column.numbers(port.trunks()));
    columns.set(
        "vlan_mode",
        Column.set(
            port.vlanMode().isEmpty() ? List.of() : List.of(NODES.textNode(port.vlanMode()))));
    SwitchColumns.toPort(columns, port.settings());
    port.owner().ifPresent(owner -> columns.set("external_ids", mark(owner)));
    Optional<ObjectNode> qos = SwitchColumns.qos(port.settings());
    qos.ifPresent(row -> port.owner().ifPresent(owner -> row.set("external_ids", mark(owner))));
    return new PortRows(columns, SwitchColumns.interfaces(port), qos);
  }

  private static JsonNode mark(String owner) {
    return Column.map(Map.of(SwitchRows.OWNER, owner));
  }

  /** As text, for the journal. */
  static String write(SortedMap<String, BridgeRows> bridges) {
    ObjectNode all = NODES.objectNode();
    bridges.forEach(
        (name, bridge) -> {
          ObjectNode one = all.putObject(name);
          one.set("columns", bridge.columns());
          ObjectNode ports = one.putObject("ports");
          bridge
              .ports()
              .forEach(
                  (portName, port) -> {
                    ObjectNode inner = ports.putObject(portName);
                    inner.set("columns", port.columns());
                    ObjectNode rows = inner.putObject("interfaces");
                    port.interfaces().forEach(rows::set);
                    port.qos().ifPresent(row -> inner.set("qos", row));
                  });
          ObjectNode mirrors = one.putObject("mirrors");
          bridge.mirrors().forEach(mirrors::set);
          bridge.sflow().ifPresent(row -> one.set("sflow", row));
        });
    return all.toString();
  }

  private static Optional<ObjectNode> optional(JsonNode row) {
    return row.isMissingNode() ? Optional.empty() : Optional.of((ObjectNode) row);
  }

  /** What {@link #write} gave. */
  static SortedMap<String, BridgeRows> read(String text) throws ExecutionFault {
    try {
      SortedMap<String, BridgeRows> bridges = new TreeMap<>();
      for (Map.Entry<String, JsonNode> bridge : JSON.readTree(text).properties()) {
        SortedMap<String, PortRows> ports = new TreeMap<>();
        for (Map.Entry<String, JsonNode> port : bridge.getValue().path("ports").properties()) {
          SortedMap<String, ObjectNode> rows = new TreeMap<>();
          port.getValue()
              .path("interfaces")
              .properties()
              .forEach(row -> rows.put(row.getKey(), (ObjectNode) row.getValue()));
          ports.put(
              port.getKey(),
              new PortRows(
                  (ObjectNode) port.getValue().path("columns"),
                  rows,
                  optional(port.getValue().path("qos"))));
        }
        SortedMap<String, ObjectNode> mirrors = new TreeMap<>();
        bridge
            .getValue()
            .path("mirrors")
            .properties()
            .forEach(row -> mirrors.put(row.getKey(), (ObjectNode) row.getValue()));
        bridges.put(
            bridge.getKey(),
            new BridgeRows(
                (ObjectNode) bridge.getValue().path("columns"),
                ports,
                mirrors,
                optional(bridge.getValue().path("sflow"))));
      }
      return bridges;
    } catch (JsonProcessingException | ClassCastException e) {
      throw new ExecutionFault("the saved rows of the bridges cannot be read: " + e.getMessage());
    }
  }
}
