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
  private static final List<String> EXPECTED_OF_BRIDGE = List.of("name", "ports", "external_ids");
  private static final List<String> EXPECTED_OF_PORT =
      List.of("name", "interfaces", "tag", "trunks", "vlan_mode", "external_ids");
  private static final List<String> EXPECTED_OF_INTERFACE =
      List.of("name", "type", "options", "external_ids");

  /** Of rows that stay; {@code external_ids} besides, where others write too. */
  private static final List<String> CHANGED = List.of("tag", "trunks", "vlan_mode", "options");

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
    }
  }

  private static ObjectNode await(
      String table, ArrayNode where, List<String> columns, Optional<ObjectNode> row) {
    ObjectNode operation = operation("wait", table);
    operation.set("where", where);
    operation.put("timeout", 0).put("until", "==");
    columns.forEach(operation.putArray("columns")::add);
    ArrayNode rows = operation.putArray("rows");
    row.ifPresent(
        found -> {
          ObjectNode expected = rows.addObject();
          columns.forEach(column -> expected.set(column, found.get(column)));
        });
    return operation;
  }

  private void remove(String name) {
    now.bridge(name)
        .ifPresent(
            bridge ->
                mutate(
                    SwitchRows.ROOT_TABLE,
                    NODES.arrayNode(),
                    "bridges",
                    "delete",
                    Column.set(List.of(Column.uuid(SwitchRows.uuid(bridge))))));
  }

  private void make(String name, BridgeRows wanted) {
    Optional<ObjectNode> bridge = now.bridge(name);
    if (bridge.isPresent()) {
      change(bridge.get(), wanted);
      return;
    }
    List<JsonNode> ports = new ArrayList<>();
    wanted.ports().values().forEach(port -> ports.add(insert(port)));
    ObjectNode row = wanted.columns().deepCopy();
    row.set("ports", Column.set(ports));
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
    List<JsonNode> gone = new ArrayList<>();
    List<JsonNode> added = new ArrayList<>();
    found.forEach(
        (name, port) -> {
          PortRows target = wanted.ports().get(name);
          if (target == null || !sameInterfaces(port, target)) {
            gone.add(Column.uuid(SwitchRows.uuid(port)));
          } else {
            update(SwitchRows.PORT, port, target.columns());
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
                added.add(insert(port));
              }
            });
    ArrayNode where = byUuid(bridge);
    if (!gone.isEmpty()) {
      mutate(SwitchRows.BRIDGE, where, "ports", "delete", Column.set(gone));
    }
    if (!added.isEmpty()) {
      mutate(SwitchRows.BRIDGE, where, "ports", "insert", Column.set(added));
    }
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
