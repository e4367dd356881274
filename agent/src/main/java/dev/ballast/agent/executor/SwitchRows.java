package dev.ballast.agent.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.host.ovs.Column;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Rows of Open vSwitch's database, all of one state of it, by name and by uuid. */
final class SwitchRows {
  /** The key in {@code external_ids} that says which cluster's Ballast made a row. */
  static final String OWNER = "ballast-cluster";

  static final String EXTERNAL_IDS = "external_ids";
  static final String ROOT_TABLE = "Open_vSwitch";
  static final String BRIDGE = "Bridge";
  static final String PORT = "Port";
  static final String INTERFACE = "Interface";
  static final String CONTROLLER = "Controller";

  static final String QOS = "QoS";
  static final String MIRROR = "Mirror";
  static final String SFLOW = "sFlow";

  /** What the model tells of. */
  static final Map<String, List<String>> MODEL =
      Map.of(
          BRIDGE,
          List.of(
              "name",
              "ports",
              "external_ids",
              "fail_mode",
              "datapath_type",
              "stp_enable",
              "rstp_enable",
              "mirrors",
              "sflow",
              "controller"),
          PORT,
          List.of(
              "_uuid",
              "name",
              "interfaces",
              "tag",
              "trunks",
              "vlan_mode",
              "external_ids",
              "lacp",
              "bond_mode",
              "protected",
              "qos"),
          INTERFACE,
          List.of(
              "_uuid",
              "name",
              "type",
              "options",
              "external_ids",
              "ingress_policing_rate",
              "ingress_policing_burst"),
          QOS,
          List.of("_uuid", "type", "other_config", "queues"),
          MIRROR,
          List.of(
              "_uuid",
              "name",
              "select_all",
              "select_src_port",
              "select_dst_port",
              "select_vlan",
              "output_port",
              "output_vlan"),
          SFLOW,
          List.of("_uuid", "targets", "agent", "sampling", "polling"),
          CONTROLLER,
          List.of("_uuid", "target"));

  /** All that there is. */
  static final Map<String, List<String>> WHOLE =
      Map.of(
          ROOT_TABLE, List.of("cur_cfg", "next_cfg"),
          BRIDGE, List.of(),
          PORT, List.of(),
          INTERFACE, List.of(),
          QOS, List.of(),
          MIRROR, List.of(),
          SFLOW, List.of(),
          CONTROLLER, List.of());

  private static final String TAP = "vnet";
  private static final String INTERFACE_ID = "iface-id";
  private static final String DOMAIN_ID = "vm-id";

  private final Optional<ObjectNode> root;
  private final SortedMap<String, ObjectNode> bridges = new TreeMap<>();
  private final Map<String, ObjectNode> ports = new HashMap<>();
  private final Map<String, ObjectNode> interfaces = new HashMap<>();

  /** Of the tables that others refer to, by table and uuid. */
  private final Map<String, Map<String, ObjectNode>> attached = new HashMap<>();

  SwitchRows(Map<String, List<ObjectNode>> tables) {
    root = tables.getOrDefault(ROOT_TABLE, List.of()).stream().findFirst();
    rows(tables, BRIDGE).forEach(row -> bridges.put(name(row), row));
    rows(tables, PORT).forEach(row -> ports.put(uuid(row), row));
    rows(tables, INTERFACE).forEach(row -> interfaces.put(uuid(row), row));
    for (String table : List.of(QOS, MIRROR, SFLOW, CONTROLLER)) {
      Map<String, ObjectNode> byUuid = new HashMap<>();
      rows(tables, table).forEach(row -> byUuid.put(uuid(row), row));
      attached.put(table, byUuid);
    }
  }

  /** The rows of another table that a column refers to. */
  List<ObjectNode> attached(String table, JsonNode column) {
    Map<String, ObjectNode> rows = attached.getOrDefault(table, Map.of());
    return Column.uuids(column).stream()
        .flatMap(uuid -> Optional.ofNullable(rows.get(uuid)).stream())
        .toList();
  }

  /** Every port of the bridge, guests' too. */
  List<ObjectNode> allPorts(ObjectNode bridge) {
    return ports(bridge);
  }

  /** The names of the ports that a column refers to. */
  List<String> portNames(JsonNode column) {
    return Column.uuids(column).stream()
        .flatMap(uuid -> Optional.ofNullable(ports.get(uuid)).stream())
        .map(SwitchRows::name)
        .sorted()
        .toList();
  }

  private static List<ObjectNode> rows(Map<String, List<ObjectNode>> tables, String table) {
    return tables.getOrDefault(table, List.of());
  }

  static String name(JsonNode row) {
    return row.path("name").asText();
  }

  static String uuid(JsonNode row) {
    return row.path("_uuid").path(1).asText();
  }

  Optional<ObjectNode> bridge(String name) {
    return Optional.ofNullable(bridges.get(name));
  }

  /** The ports of a bridge that no guest owns. */
  List<ObjectNode> ownPorts(ObjectNode bridge) {
    return ports(bridge).stream().filter(port -> !isGuest(port)).toList();
  }

  private List<ObjectNode> ports(ObjectNode bridge) {
    List<ObjectNode> found = new ArrayList<>();
    for (String uuid : Column.uuids(bridge.path("ports"))) {
      Optional.ofNullable(ports.get(uuid)).ifPresent(found::add);
    }
    return found;
  }

  List<ObjectNode> interfaces(ObjectNode port) {
    List<ObjectNode> found = new ArrayList<>();
    for (String uuid : Column.uuids(port.path("interfaces"))) {
      Optional.ofNullable(interfaces.get(uuid)).ifPresent(found::add);
    }
    return found;
  }

  private boolean isGuest(ObjectNode port) {
    return name(port).startsWith(TAP)
        || interfaces(port).stream()
            .anyMatch(row -> Column.map(row.path("external_ids")).containsKey(INTERFACE_ID));
  }

  /**
   * What the model tells of the rows.
   *
   * @param datapath the type of datapath that new bridges get
   */
  ObservedSwitch observed(SortedMap<String, String> links, String datapath) {
    SortedMap<String, SwitchBridge> result = new TreeMap<>();
    SwitchColumns columns = new SwitchColumns(this, datapath);
    SortedMap<String, String> notes = new TreeMap<>();
    bridges.forEach(
        (name, row) -> {
          result.put(name, bridge(name, row, columns));
          List<String> controllers =
              attached(CONTROLLER, row.path("controller")).stream()
                  .map(controller -> controller.path("target").asText())
                  .sorted()
                  .toList();
          if (!controllers.isEmpty()) {
            notes.put("bridge " + name + " controller", String.join(", ", controllers));
          }
        });
    SortedMap<String, String> free = new TreeMap<>(links);
    interfaces.values().forEach(row -> free.remove(name(row)));
    return new ObservedSwitch(result, free, SwitchColumns.shown(datapath), notes);
  }

  private SwitchBridge bridge(String name, ObjectNode row, SwitchColumns columns) {
    SortedMap<String, SwitchPort> own = new TreeMap<>();
    SortedMap<String, String> guests = new TreeMap<>();
    for (ObjectNode port : ports(row)) {
      if (isGuest(port)) {
        guests.put(name(port), domain(port));
      } else {
        own.put(name(port), port(port, columns));
      }
    }
    return new SwitchBridge(name, owner(row), own, guests, columns.bridge(row));
  }

  private String domain(ObjectNode port) {
    return interfaces(port).stream()
        .map(row -> Column.map(row.path("external_ids")).getOrDefault(DOMAIN_ID, ""))
        .findFirst()
        .orElse("");
  }

  private static Optional<String> owner(ObjectNode row) {
    return Optional.ofNullable(Column.map(row.path("external_ids")).get(OWNER));
  }

  private SwitchPort port(ObjectNode row, SwitchColumns columns) {
    List<ObjectNode> own = interfaces(row);
    return new SwitchPort(
        name(row),
        type(own),
        Column.number(row.path("tag")),
        new TreeSet<>(Column.numbers(row.path("trunks"))),
        Column.text(row.path("vlan_mode")).orElse(""),
        own.stream()
            .flatMap(i -> Optional.ofNullable(Column.map(i.path("options")).get("peer")).stream())
            .findFirst(),
        owner(row),
        columns.port(row, own));
  }

  private static String type(List<ObjectNode> own) {
    List<String> types = own.stream().map(row -> row.path("type").asText()).distinct().toList();
    boolean cards = List.of("", "system").containsAll(types);
    if (own.size() > 1) {
      return cards ? SwitchPort.BOND : SwitchPort.MIXED;
    }
    return cards || types.isEmpty() ? SwitchPort.NETWORK_CARD : types.getFirst();
  }

  long currentConfiguration() {
    return root.map(row -> row.path("cur_cfg").asLong()).orElse(0L);
  }

  long nextConfiguration() {
    return root.map(row -> row.path("next_cfg").asLong()).orElse(0L);
  }

  /** Why the bridges do not work as they are written down; empty when they do. */
  String trouble(SortedSet<String> names) {
    if (currentConfiguration() < nextConfiguration()) {
      return "ovs-vswitchd has not yet applied the database (cur_cfg "
          + currentConfiguration()
          + ", next_cfg "
          + nextConfiguration()
          + ")";
    }
    for (String name : names) {
      for (ObjectNode port : bridge(name).map(this::ownPorts).orElse(List.of())) {
        for (ObjectNode row : interfaces(port)) {
          String error = Column.text(row.path("error")).orElse("");
          if (!error.isEmpty() || Column.number(row.path("ofport")).orElse(-1) < 0) {
            return "interface "
                + name(row)
                + " of bridge "
                + name
                + " has no port number"
                + (error.isEmpty() ? "" : ": " + error);
          }
        }
      }
    }
    return "";
  }

  /** What a removal could not bring back, by the name of the column; empty for nothing. */
  String attachments(ObjectNode bridge) {
    for (String column : List.of("controller", "netflow", "ipfix", "auto_attach")) {
      if (!Column.elements(bridge.path(column)).isEmpty()) {
        return column;
      }
    }
    return Column.map(bridge.path("flow_tables")).isEmpty() ? "" : "flow_tables";
  }
}
