package dev.ballast.agent.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.host.ovs.Column;
import dev.ballast.core.model.SwitchPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Columns as settings and settings as columns. What is as Open vSwitch has it by itself is no
 * setting; references to other rows are told by names, so that they outlive the rows.
 */
final class SwitchColumns {
  static final String QOS = "qos.";
  static final String OPTIONS = "options.";
  static final String MIRROR = "mirror.";
  static final String SFLOW = "sflow.";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SYSTEM = "system";
  private static final List<String> MIRROR_PORTS = List.of("select_src_port", "select_dst_port");
  private static final List<String> SFLOW_NUMBERS = List.of("sampling", "polling");
  private static final List<String> POLICING =
      List.of("ingress_policing_rate", "ingress_policing_burst");

  private final SwitchRows rows;
  private final String datapath;

  /**
   * @param datapath the type of datapath that new bridges get
   */
  SwitchColumns(SwitchRows rows, String datapath) {
    this.rows = rows;
    this.datapath = shown(datapath);
  }

  /** The kernel's datapath has two names. */
  static String shown(String datapath) {
    return datapath.isEmpty() ? SYSTEM : datapath;
  }

  /** What differs from a bridge as Open vSwitch makes it. */
  SortedMap<String, String> bridge(ObjectNode row) {
    SortedMap<String, String> settings = new TreeMap<>();
    String own = shown(row.path("datapath_type").asText());
    put(settings, "datapath_type", own, datapath);
    put(settings, "fail_mode", Column.text(row.path("fail_mode")).orElse(""), "standalone");
    put(settings, "stp_enable", row.path("stp_enable").asText(), "false");
    put(settings, "rstp_enable", row.path("rstp_enable").asText(), "false");
    for (ObjectNode mirror : rows.attached(SwitchRows.MIRROR, row.path("mirrors"))) {
      mirror(settings, MIRROR + SwitchRows.name(mirror) + ".", mirror);
    }
    for (ObjectNode sflow : rows.attached(SwitchRows.SFLOW, row.path("sflow"))) {
      List<String> targets = Column.texts(sflow.path("targets")).stream().sorted().toList();
      put(settings, SFLOW + "targets", String.join(",", targets), "");
      for (String column : List.of("agent", "sampling", "polling")) {
        put(settings, SFLOW + column, Column.text(sflow.path(column)).orElse(""), "");
      }
    }
    return settings;
  }

  private static void put(
      SortedMap<String, String> settings, String key, String value, String usual) {
    if (!value.isEmpty() && !value.equals(usual)) {
      settings.put(key, value);
    }
  }

  private void mirror(SortedMap<String, String> settings, String key, ObjectNode mirror) {
    put(settings, key + "select_all", mirror.path("select_all").asText(), "false");
    for (String column : MIRROR_PORTS) {
      put(settings, key + column, String.join(",", rows.portNames(mirror.path(column))), "");
    }
    List<String> vlans = Column.texts(mirror.path("select_vlan")).stream().sorted().toList();
    put(settings, key + "select_vlan", String.join(",", vlans), "");
    put(
        settings,
        key + "output_port",
        String.join(",", rows.portNames(mirror.path("output_port"))),
        "");
    put(settings, key + "output_vlan", Column.text(mirror.path("output_vlan")).orElse(""), "");
  }

  /** What differs from a port as Open vSwitch makes it. */
  SortedMap<String, String> port(ObjectNode row, List<ObjectNode> interfaces) {
    SortedMap<String, String> settings = new TreeMap<>();
    put(settings, "lacp", Column.text(row.path("lacp")).orElse(""), "off");
    put(settings, "protected", row.path("protected").asText(), "false");
    for (ObjectNode qos : rows.attached(SwitchRows.QOS, row.path("qos"))) {
      put(settings, QOS + "type", qos.path("type").asText(), "");
      Column.map(qos.path("other_config"))
          .forEach((key, value) -> put(settings, QOS + key, value, ""));
      int queues = Column.map(qos.path("queues")).size();
      put(settings, QOS + "queues", Integer.toString(queues), "0");
    }
    if (interfaces.size() > 1) {
      List<String> members = interfaces.stream().map(SwitchRows::name).sorted().toList();
      settings.put(SwitchPort.MEMBERS, String.join(",", members));
      settings.put("bond_mode", Column.text(row.path("bond_mode")).orElse("active-backup"));
      return settings;
    }
    for (ObjectNode only : interfaces) {
      for (String column : POLICING) {
        put(settings, column, only.path(column).asText(), "0");
      }
      Column.map(only.path("options")).forEach((key, value) -> option(settings, key, value));
    }
    return settings;
  }

  private static void option(SortedMap<String, String> settings, String key, String value) {
    if (!key.equals("peer")) {
      put(settings, OPTIONS + key, value, "");
    }
  }

  /** The columns of a bridge that settings tell; all of them, so that a former value goes. */
  static void toBridge(ObjectNode columns, SortedMap<String, String> settings, String datapath) {
    columns.put("datapath_type", settings.getOrDefault("datapath_type", datapath));
    columns.set("fail_mode", optional(settings, "fail_mode"));
    columns.put("stp_enable", settings.containsKey("stp_enable"));
    columns.put("rstp_enable", settings.containsKey("rstp_enable"));
  }

  private static JsonNode optional(SortedMap<String, String> settings, String key) {
    return Column.set(
        Optional.ofNullable(settings.get(key)).map(NODES::textNode).stream().toList());
  }

  /** The mirrors that settings tell, by name, with the names of ports in place of references. */
  static SortedMap<String, ObjectNode> mirrors(SortedMap<String, String> settings) {
    SortedMap<String, ObjectNode> mirrors = new TreeMap<>();
    settings.forEach(
        (key, value) -> {
          if (!key.startsWith(MIRROR)) {
            return;
          }
          int dot = key.lastIndexOf('.');
          String name = key.substring(MIRROR.length(), dot);
          String column = key.substring(dot + 1);
          ObjectNode row =
              mirrors.computeIfAbsent(name, same -> NODES.objectNode().put("name", name));
          switch (column) {
            case "select_all" -> row.put(column, true);
            case "output_vlan" -> row.put(column, Integer.parseInt(value));
            case "select_vlan" ->
                row.set(
                    column,
                    Column.numbers(
                        List.of(value.split(",")).stream().map(Integer::valueOf).toList()));
            default -> List.of(value.split(",")).forEach(row.withArray(column)::add);
          }
        });
    return mirrors;
  }

  /** A mirror as {@link #mirrors} tells it. */
  static ObjectNode named(SwitchRows rows, ObjectNode mirror) {
    ObjectNode row = NODES.objectNode().put("name", SwitchRows.name(mirror));
    if (mirror.path("select_all").asBoolean()) {
      row.put("select_all", true);
    }
    for (String column : List.of("select_src_port", "select_dst_port", "output_port")) {
      rows.portNames(mirror.path(column)).forEach(name -> row.withArray(column).add(name));
    }
    if (!Column.elements(mirror.path("select_vlan")).isEmpty()) {
      row.set("select_vlan", mirror.path("select_vlan"));
    }
    Column.number(mirror.path("output_vlan")).ifPresent(id -> row.put("output_vlan", id));
    return row;
  }

  static Optional<ObjectNode> sflow(SortedMap<String, String> settings) {
    String all = settings.getOrDefault(SFLOW + "targets", "");
    if (all.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode row = NODES.objectNode();
    List<JsonNode> targets = new ArrayList<>();
    List.of(all.split(",")).forEach(target -> targets.add(NODES.textNode(target)));
    row.set("targets", Column.set(targets));
    row.set("agent", optional(settings, SFLOW + "agent"));
    for (String column : SFLOW_NUMBERS) {
      Optional.ofNullable(settings.get(SFLOW + column))
          .ifPresent(value -> row.put(column, Long.parseLong(value)));
    }
    return Optional.of(row);
  }

  /** The columns of a port that settings tell. */
  static void toPort(ObjectNode columns, SortedMap<String, String> settings) {
    columns.set("lacp", optional(settings, "lacp"));
    columns.set("bond_mode", optional(settings, "bond_mode"));
    columns.put("protected", settings.containsKey("protected"));
  }

  static Optional<ObjectNode> qos(SortedMap<String, String> settings) {
    String type = settings.getOrDefault(QOS + "type", "");
    if (type.isEmpty()) {
      return Optional.empty();
    }
    SortedMap<String, String> config = new TreeMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(QOS) && !key.equals(QOS + "type") && !key.equals(QOS + "queues")) {
            config.put(key.substring(QOS.length()), value);
          }
        });
    ObjectNode row = NODES.objectNode().put("type", type);
    row.set("other_config", Column.map(config));
    return Optional.of(row);
  }

  /** The interfaces of a port, by name. */
  static SortedMap<String, ObjectNode> interfaces(SwitchPort port) {
    SortedMap<String, ObjectNode> rows = new TreeMap<>();
    if (port.type().equals(SwitchPort.BOND)) {
      port.cards()
          .forEach(card -> rows.put(card, NODES.objectNode().put("name", card).put("type", "")));
      return rows;
    }
    ObjectNode row = NODES.objectNode().put("name", port.name()).put("type", port.type());
    SortedMap<String, String> options = new TreeMap<>();
    port.peer().ifPresent(peer -> options.put("peer", peer));
    port.settings()
        .forEach(
            (key, value) -> {
              if (key.startsWith(OPTIONS)) {
                options.put(key.substring(OPTIONS.length()), value);
              }
            });
    row.set("options", Column.map(options));
    for (String column : POLICING) {
      row.put(column, Long.parseLong(port.settings().getOrDefault(column, "0")));
    }
    rows.put(port.name(), row);
    return rows;
  }

  /** Whether two rows say the same in the columns of the first. */
  static boolean same(ObjectNode wanted, ObjectNode found) {
    for (Map.Entry<String, JsonNode> column : wanted.properties()) {
      if (!Column.elements(column.getValue())
          .equals(Column.elements(found.path(column.getKey())))) {
        return false;
      }
    }
    return true;
  }
}
