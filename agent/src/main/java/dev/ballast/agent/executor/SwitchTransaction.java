package dev.ballast.agent.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.executor.BridgeRows.PortRows;
import dev.ballast.agent.host.ovs.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The operations of one transaction that turns bridges from how they are into how they are to be.
 * It begins with {@code wait} on every row that it was made from, so that it commits on these or
 * not at all, and ends with a new {@code next_cfg}.
 */
final class SwitchTransaction {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> EXPECTED_OF_BRIDGE =
      List.of(
          "name",
          "ports",
          "external_ids",
          "fail_mode",
          "stp_enable",
          "rstp_enable",
          "mirrors",
          "sflow");
  private static final List<String> EXPECTED_OF_PORT =
      List.of(
          "name",
          "interfaces",
          "tag",
          "trunks",
          "vlan_mode",
          "external_ids",
          "lacp",
          "bond_mode",
          "protected",
          "qos");
  private static final List<String> EXPECTED_OF_INTERFACE =
      List.of(
          "name",
          "type",
          "options",
          "external_ids",
          "ingress_policing_rate",
          "ingress_policing_burst");

  private static final List<String> EXPECTED_OF_QOS = List.of("type", "other_config", "queues");
  private static final List<String> EXPECTED_OF_MIRROR =
      List.of("name", "select_all", "select_vlan", "output_vlan");
  private static final List<String> EXPECTED_OF_SFLOW =
      List.of("targets", "agent", "sampling", "polling");

  /** Of rows that stay; {@code external_ids} besides, where others write too. */
  private static final List<String> CHANGED =
      List.of(
          "tag",
          "trunks",
          "vlan_mode",
          "options",
          "fail_mode",
          "stp_enable",
          "rstp_enable",
          "lacp",
          "bond_mode",
          "protected",
          "ingress_policing_rate",
          "ingress_policing_burst");

  private final SwitchRows now;
  private final List<ObjectNode> operations = new ArrayList<>();
  private int lastName;

  private SwitchTransaction(SwitchRows now) {
    this.now = now;
  }

  /**
   * The operations; the last one but none selects {@code next_cfg}.
   *
   * @param wanted whole targets, by name; a port that is wanted as it is stays untouched
   * @param removed names of bridges that are to go
   */
  static List<ObjectNode> of(
      SwitchRows now, SortedMap<String, BridgeRows> wanted, SortedSet<String> removed) {
    SwitchTransaction transaction = new SwitchTransaction(now);
    wanted.keySet().forEach(transaction::expect);
    removed.forEach(transaction::expect);
    removed.forEach(transaction::remove);
    wanted.forEach(transaction::make);
    transaction.finish();
    return transaction.operations;
  }

  private void expect(String name) {
    Optional<ObjectNode> bridge = now.bridge(name);
    ArrayNode byName = where("name", NODES.textNode(name));
    if (bridge.isEmpty()) {
      operations.add(await(SwitchRows.BRIDGE, byName, List.of("name"), Optional.empty()));
      return;
    }
    operations.add(await(SwitchRows.BRIDGE, byName, EXPECTED_OF_BRIDGE, bridge));
    for (ObjectNode port : now.ownPorts(bridge.get())) {
      operations.add(await(SwitchRows.PORT, byUuid(port), EXPECTED_OF_PORT, Optional.of(port)));
      for (ObjectNode row : now.interfaces(port)) {
        operations.add(
            await(SwitchRows.INTERFACE, byUuid(row), EXPECTED_OF_INTERFACE, Optional.of(row)));
      }
      for (ObjectNode row : now.attached(SwitchRows.QOS, port.path("qos"))) {
        operations.add(await(SwitchRows.QOS, byUuid(row), EXPECTED_OF_QOS, Optional.of(row)));
      }
    }
    for (ObjectNode row : now.attached(SwitchRows.MIRROR, bridge.get().path("mirrors"))) {
      operations.add(await(SwitchRows.MIRROR, byUuid(row), EXPECTED_OF_MIRROR, Optional.of(row)));
    }
    for (ObjectNode row : now.attached(SwitchRows.SFLOW, bridge.get().path("sflow"))) {
      operations.add(await(SwitchRows.SFLOW, byUuid(row), EXPECTED_OF_SFLOW, Optional.of(row)));
    }
  }

  private static ObjectNode await(
      String table, ArrayNode where, List<String> columns, Optional<ObjectNode> row) {
    ObjectNode operation = operation("wait", table);
    operation.set("where", where);
    operation.put("timeout", 0).put("until", "==");
    // An older Open vSwitch lacks some columns.
    List<String> known = columns.stream().filter(c -> row.isEmpty() || row.get().has(c)).toList();
    known.forEach(operation.putArray("columns")::add);
    ArrayNode rows = operation.putArray("rows");
    row.ifPresent(
        found -> {
          ObjectNode expected = rows.addObject();
          known.forEach(column -> expected.set(column, found.path(column)));
        });
    return operation;
  }

  private void remove(String name) {
    now.bridge(name)
        .ifPresent(
            bridge -> {
              mutate(
                  SwitchRows.ROOT_TABLE,
                  NODES.arrayNode(),
                  "bridges",
                  "delete",
                  Column.set(List.of(Column.uuid(SwitchRows.uuid(bridge)))));
              now.ownPorts(bridge).forEach(this::unshape);
            });
  }

  /** Of a port that goes: the database counts its reference until the transaction ends. */
  private void unshape(ObjectNode port) {
    if (!now.attached(SwitchRows.QOS, port.path("qos")).isEmpty()) {
      ObjectNode operation = operation("update", SwitchRows.PORT);
      operation.set("where", byUuid(port));
      operation.putObject("row").set("qos", Column.set(List.of()));
      operations.add(operation);
      forgetQos(port);
    }
  }

  /** Rows that shape ports stay when nobody refers to them: Ballast's own go with their port. */
  private void forgetQos(ObjectNode port) {
    for (ObjectNode row : now.attached(SwitchRows.QOS, port.path("qos"))) {
      if (Column.map(row.path(SwitchRows.EXTERNAL_IDS)).containsKey(SwitchRows.OWNER)) {
        ObjectNode operation = operation("delete", SwitchRows.QOS);
        operation.set("where", byUuid(row));
        operations.add(operation);
      }
    }
  }

  private void make(String name, BridgeRows wanted) {
    Optional<ObjectNode> bridge = now.bridge(name);
    if (bridge.isPresent()) {
      change(bridge.get(), wanted);
      return;
    }
    List<JsonNode> ports = new ArrayList<>();
    Map<String, JsonNode> references = new HashMap<>();
    wanted
        .ports()
        .forEach(
            (port, rows) -> {
              JsonNode reference = insert(rows);
              references.put(port, reference);
              ports.add(reference);
            });
    ObjectNode row = wanted.columns().deepCopy();
    row.set("ports", Column.set(ports));
    row.set("mirrors", mirrors(wanted, references));
    row.set("sflow", sflow(wanted));
    mutate(
        SwitchRows.ROOT_TABLE,
        NODES.arrayNode(),
        "bridges",
        "insert",
        Column.set(List.of(insert(SwitchRows.BRIDGE, row))));
  }

  private void change(ObjectNode bridge, BridgeRows wanted) {
    update(SwitchRows.BRIDGE, bridge, wanted.columns());
    Map<String, ObjectNode> found = new HashMap<>();
    now.ownPorts(bridge).forEach(port -> found.put(SwitchRows.name(port), port));
    Map<String, JsonNode> references = new HashMap<>();
    now.allPorts(bridge)
        .forEach(port -> references.put(SwitchRows.name(port), Column.uuid(SwitchRows.uuid(port))));
    List<JsonNode> gone = new ArrayList<>();
    List<JsonNode> added = new ArrayList<>();
    found.forEach(
        (name, port) -> {
          PortRows target = wanted.ports().get(name);
          if (target == null || !sameInterfaces(port, target)) {
            gone.add(Column.uuid(SwitchRows.uuid(port)));
            references.remove(name);
            unshape(port);
          } else {
            update(SwitchRows.PORT, port, target.columns());
            shape(port, target);
            for (ObjectNode row : now.interfaces(port)) {
              ObjectNode columns = target.interfaces().get(SwitchRows.name(row));
              if (columns != null) {
                update(SwitchRows.INTERFACE, row, columns);
              }
            }
          }
        });
    wanted
        .ports()
        .forEach(
            (name, port) -> {
              ObjectNode former = found.get(name);
              if (former == null || !sameInterfaces(former, port)) {
                JsonNode reference = insert(port);
                references.put(name, reference);
                added.add(reference);
              }
            });
    attach(bridge, wanted, references);
    ArrayNode where = byUuid(bridge);
    if (!gone.isEmpty()) {
      mutate(SwitchRows.BRIDGE, where, "ports", "delete", Column.set(gone));
    }
    if (!added.isEmpty()) {
      mutate(SwitchRows.BRIDGE, where, "ports", "insert", Column.set(added));
    }
  }

  /** Shapes a port that stays. */
  private void shape(ObjectNode port, PortRows target) {
    Optional<ObjectNode> found =
        now.attached(SwitchRows.QOS, port.path("qos")).stream().findFirst();
    if (found.isEmpty() && target.qos().isEmpty()) {
      return;
    }
    if (found.isPresent()
        && target.qos().isPresent()
        && SwitchColumns.same(withoutUuid(target.qos().get()), found.get())) {
      return;
    }
    ObjectNode operation = operation("update", SwitchRows.PORT);
    operation.set("where", byUuid(port));
    operation.putObject("row").set("qos", qos(target));
    operations.add(operation);
    forgetQos(port);
  }

  private static ObjectNode withoutUuid(ObjectNode row) {
    ObjectNode copy = row.deepCopy();
    copy.remove("_uuid");
    return copy;
  }

  /** The row as it was where it still is, else a new one. */
  private JsonNode qos(PortRows target) {
    if (target.qos().isEmpty()) {
      return Column.set(List.of());
    }
    ObjectNode row = target.qos().get();
    if (row.has("_uuid")
        && !now.attached(SwitchRows.QOS, Column.set(List.of(row.path("_uuid")))).isEmpty()) {
      return row.path("_uuid");
    }
    return insert(SwitchRows.QOS, withoutUuid(row));
  }

  /** Mirrors and the collector of flows of a bridge that stays. */
  private void attach(ObjectNode bridge, BridgeRows wanted, Map<String, JsonNode> references) {
    Map<String, ObjectNode> mirrors = new HashMap<>();
    now.attached(SwitchRows.MIRROR, bridge.path("mirrors"))
        .forEach(row -> mirrors.put(SwitchRows.name(row), SwitchColumns.named(now, row)));
    ObjectNode row = NODES.objectNode();
    if (!mirrors.equals(wanted.mirrors())) {
      row.set("mirrors", mirrors(wanted, references));
    }
    Optional<ObjectNode> sflow =
        now.attached(SwitchRows.SFLOW, bridge.path("sflow")).stream().findFirst();
    boolean same =
        (sflow.isPresent() && wanted.sflow().isPresent())
            ? SwitchColumns.same(wanted.sflow().get(), sflow.get())
            : (sflow.isEmpty() && wanted.sflow().isEmpty());
    if (!same) {
      row.set("sflow", sflow(wanted));
    }
    if (!row.isEmpty()) {
      ObjectNode operation = operation("update", SwitchRows.BRIDGE);
      operation.set("where", byUuid(bridge));
      operation.set("row", row);
      operations.add(operation);
    }
  }

  private JsonNode mirrors(BridgeRows wanted, Map<String, JsonNode> references) {
    List<JsonNode> rows = new ArrayList<>();
    for (ObjectNode mirror : wanted.mirrors().values()) {
      ObjectNode row = mirror.deepCopy();
      for (String column : List.of("select_src_port", "select_dst_port", "output_port")) {
        List<JsonNode> ports = new ArrayList<>();
        mirror
            .path(column)
            .forEach(
                name -> Optional.ofNullable(references.get(name.asText())).ifPresent(ports::add));
        row.set(column, Column.set(ports));
      }
      rows.add(insert(SwitchRows.MIRROR, row));
    }
    return Column.set(rows);
  }

  private JsonNode sflow(BridgeRows wanted) {
    return wanted
        .sflow()
        .map(row -> insert(SwitchRows.SFLOW, row.deepCopy()))
        .orElseGet(() -> Column.set(List.of()));
  }

  /** Whether the port is made of interfaces of the same names and types. */
  private boolean sameInterfaces(ObjectNode port, PortRows target) {
    List<ObjectNode> rows = now.interfaces(port);
    return rows.size() == target.interfaces().size()
        && rows.stream()
            .allMatch(
                row -> {
                  ObjectNode columns = target.interfaces().get(SwitchRows.name(row));
                  return columns != null && type(columns).equals(type(row));
                });
  }

  private static String type(ObjectNode row) {
    String type = row.path("type").asText();
    return type.equals("system") ? "" : type;
  }

  /** Writes what differs of the columns that Ballast changes in rows that stay. */
  private void update(String table, ObjectNode found, ObjectNode wanted) {
    ObjectNode row = NODES.objectNode();
    for (String column : CHANGED) {
      JsonNode target = wanted.path(column);
      if (!target.isMissingNode() && !same(found.path(column), target)) {
        row.set(column, target);
      }
    }
    mark(found, wanted).ifPresent(marks -> row.set(SwitchRows.EXTERNAL_IDS, marks));
    if (!row.isEmpty()) {
      ObjectNode operation = operation("update", table);
      operation.set("where", byUuid(found));
      operation.set("row", row);
      operations.add(operation);
    }
  }

  /** The row's marks, if Ballast's differs; those of others stay as they are. */
  private static Optional<JsonNode> mark(ObjectNode found, ObjectNode wanted) {
    SortedMap<String, String> marks = Column.map(found.path(SwitchRows.EXTERNAL_IDS));
    Optional<String> target =
        Optional.ofNullable(Column.map(wanted.path(SwitchRows.EXTERNAL_IDS)).get(SwitchRows.OWNER));
    if (target.equals(Optional.ofNullable(marks.get(SwitchRows.OWNER)))) {
      return Optional.empty();
    }
    marks.remove(SwitchRows.OWNER);
    target.ifPresent(owner -> marks.put(SwitchRows.OWNER, owner));
    return Optional.of(Column.map(marks));
  }

  /** The database writes a set of one element without brackets. */
  private static boolean same(JsonNode a, JsonNode b) {
    return Column.elements(a).equals(Column.elements(b));
  }

  private JsonNode insert(PortRows port) {
    List<JsonNode> rows = new ArrayList<>();
    port.interfaces()
        .values()
        .forEach(row -> rows.add(insert(SwitchRows.INTERFACE, row.deepCopy())));
    ObjectNode columns = port.columns().deepCopy();
    columns.set("interfaces", Column.set(rows));
    columns.set("qos", qos(port));
    return insert(SwitchRows.PORT, columns);
  }

  private JsonNode insert(String table, ObjectNode row) {
    String name = "row" + lastName++;
    ObjectNode operation = operation("insert", table);
    operation.set("row", row);
    operations.add(operation.put("uuid-name", name));
    return Column.named(name);
  }

  private void finish() {
    mutate(SwitchRows.ROOT_TABLE, NODES.arrayNode(), "next_cfg", "+=", NODES.numberNode(1));
    operations.add(NODES.objectNode().put("op", "comment").put("comment", "ballast: bridges"));
    ObjectNode select = operation("select", SwitchRows.ROOT_TABLE);
    select.putArray("where");
    select.putArray("columns").add("next_cfg");
    operations.add(select);
  }

  private void mutate(
      String table, ArrayNode where, String column, String mutator, JsonNode value) {
    ObjectNode operation = operation("mutate", table);
    operation.set("where", where);
    operation.putArray("mutations").addArray().add(column).add(mutator).add(value);
    operations.add(operation);
  }

  private static ObjectNode operation(String name, String table) {
    return NODES.objectNode().put("op", name).put("table", table);
  }

  private static ArrayNode byUuid(ObjectNode row) {
    return where("_uuid", Column.uuid(SwitchRows.uuid(row)));
  }

  private static ArrayNode where(String column, JsonNode value) {
    ArrayNode where = NODES.arrayNode();
    where.addArray().add(column).add("==").add(value);
    return where;
  }
}
