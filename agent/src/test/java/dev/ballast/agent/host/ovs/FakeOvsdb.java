package dev.ballast.agent.host.ovs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Open vSwitch's database with the operations that Ballast uses, kept in a file that each commit
 * replaces at once; a vswitchd applies every commit in the same moment unless told otherwise.
 */
public final class FakeOvsdb implements Ovsdb, OvsdbWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TABLES =
      List.of("Bridge", "Port", "Interface", "QoS", "Mirror", "sFlow", "Controller");
  private static final String ROOT = "Open_vSwitch";

  private final Path file;

  /** Called before and after a commit; may throw. */
  public Consumer<String> points = place -> {};

  /** Whether ovs-vswitchd runs and applies what is committed. */
  public boolean applies = true;

  /** Interfaces of that name find no port number, with this error. */
  public Map<String, String> errors = new HashMap<>();

  /** The answer to the next commit is lost, after it took effect or before. */
  public boolean loseAnswer;

  public boolean lostBefore;

  /** Whether the server answers at all. */
  public boolean reachable = true;

  /** Done once, between the look and the commit. */
  public Runnable meanwhile = () -> {};

  public int commits;

  public FakeOvsdb(Path file) {
    this.file = file;
    if (!Files.exists(file)) {
      ObjectNode database = NODES.objectNode();
      ObjectNode root = row("root");
      root.put("cur_cfg", 0).put("next_cfg", 0);
      root.set("bridges", Column.set(List.of()));
      database.putObject(ROOT).set("root", root);
      for (String table : TABLES) {
        database.putObject(table);
      }
      store(database);
    }
  }

  private static ObjectNode row(String uuid) {
    ObjectNode row = NODES.objectNode();
    row.set("_uuid", Column.uuid(uuid));
    return row;
  }

  private ObjectNode load() {
    try {
      return (ObjectNode) JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void store(ObjectNode database) {
    try {
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(fresh, database.toString());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole database as text, without what changes by itself. */
  public String picture() {
    ObjectNode database = load();
    ((ObjectNode) database.path(ROOT).path("root")).remove(List.of("cur_cfg", "next_cfg"));
    List<String> lines = new ArrayList<>();
    for (String table : TABLES) {
      database
          .path(table)
          .forEach(
              row -> {
                ObjectNode shown = ((ObjectNode) row).deepCopy();
                shown.remove(
                    List.of("_uuid", "ports", "interfaces", "ofport", "error", "mirrors", "sflow"));
                shown.remove(List.of("qos", "select_src_port", "select_dst_port", "output_port"));
                SortedMap<String, String> columns = new TreeMap<>();
                shown.properties().forEach(e -> columns.put(e.getKey(), e.getValue().toString()));
                lines.add(table + " " + columns);
              });
    }
    return String.join("\n", lines.stream().sorted().toList());
  }

  @Override
  public synchronized Map<String, List<ObjectNode>> rows(Map<String, List<String>> columns)
      throws OvsdbFault {
    requireReachable();
    ObjectNode database = load();
    Map<String, List<ObjectNode>> result = new LinkedHashMap<>();
    for (String table : columns.keySet()) {
      List<ObjectNode> rows = new ArrayList<>();
      database.path(table).forEach(row -> rows.add((ObjectNode) row));
      result.put(table, rows);
    }
    return result;
  }

  @Override
  public void settle() {}

  private void requireReachable() throws OvsdbFault {
    if (!reachable) {
      throw OvsdbFault.unreachable("no ovsdb-server");
    }
  }

  @Override
  public synchronized List<JsonNode> transact(List<ObjectNode> operations) throws OvsdbFault {
    requireReachable();
    points.accept("before transact");
    Runnable once = meanwhile;
    meanwhile = () -> {};
    once.run();
    if (lostBefore) {
      lostBefore = false;
      throw OvsdbFault.unreachable("the connection ended");
    }
    ObjectNode database = load();
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < operations.size(); i++) {
      JsonNode name = operations.get(i).path("uuid-name");
      if (!name.isMissingNode()) {
        named.put(name.asText(), "u" + commits + "-" + i + "-" + System.nanoTime());
      }
    }
    List<JsonNode> results = new ArrayList<>();
    for (ObjectNode operation : operations) {
      results.add(operate(database, operation, named));
    }
    collectGarbage(database);
    vswitchd(database);
    store(database);
    commits++;
    points.accept("after transact");
    if (loseAnswer) {
      loseAnswer = false;
      throw OvsdbFault.unreachable("the connection ended");
    }
    return results;
  }

  private JsonNode operate(ObjectNode database, ObjectNode operation, Map<String, String> named)
      throws OvsdbFault {
    ObjectNode table = database.withObject("/" + operation.path("table").asText("none"));
    return switch (operation.path("op").asText()) {
      case "wait" -> await(table, operation);
      case "insert" -> {
        String uuid = named.getOrDefault(operation.path("uuid-name").asText(), "x");
        ObjectNode row = defaults(uuid);
        row.setAll((ObjectNode) resolve(operation.path("row"), named));
        table.set(uuid, row);
        yield NODES.objectNode();
      }
      case "update" -> {
        JsonNode columns = resolve(operation.path("row"), named);
        matching(table, operation).forEach(row -> row.setAll((ObjectNode) columns));
        yield NODES.objectNode();
      }
      case "mutate" -> {
        for (ObjectNode row : matching(table, operation)) {
          for (JsonNode mutation : operation.path("mutations")) {
            mutate(row, mutation, named);
          }
        }
        yield NODES.objectNode();
      }
      case "delete" -> {
        matching(table, operation).forEach(row -> table.remove(row.path("_uuid").path(1).asText()));
        yield NODES.objectNode();
      }
      case "select" -> {
        ObjectNode result = NODES.objectNode();
        ArrayNode rows = result.putArray("rows");
        matching(table, operation).forEach(rows::add);
        yield result;
      }
      case "comment" -> NODES.objectNode();
      default -> throw OvsdbFault.refused("unknown operation " + operation);
    };
  }

  private static ObjectNode defaults(String uuid) {
    ObjectNode row = row(uuid);
    row.put("name", "").put("type", "").put("datapath_type", "");
    for (String map : List.of("external_ids", "other_config", "options", "flow_tables")) {
      row.set(map, Column.map(Map.of()));
    }
    for (String set :
        List.of(
            "ports",
            "interfaces",
            "tag",
            "trunks",
            "vlan_mode",
            "qos",
            "mirrors",
            "sflow",
            "fail_mode",
            "lacp",
            "bond_mode",
            "controller",
            "ofport",
            "error")) {
      row.set(set, Column.set(List.of()));
    }
    return row;
  }

  private static JsonNode await(ObjectNode table, ObjectNode operation) throws OvsdbFault {
    List<ObjectNode> found = matching(table, operation);
    JsonNode expected = operation.path("rows");
    boolean same = found.size() == expected.size();
    for (int i = 0; same && i < found.size(); i++) {
      for (JsonNode column : operation.path("columns")) {
        same &= equal(found.get(i).path(column.asText()), expected.path(i).path(column.asText()));
      }
    }
    if (!same) {
      throw OvsdbFault.refused("timed out: the rows are not as expected");
    }
    return NODES.objectNode();
  }

  private static boolean equal(JsonNode a, JsonNode b) {
    return new HashSet<>(Column.elements(a)).equals(new HashSet<>(Column.elements(b)));
  }

  private static List<ObjectNode> matching(ObjectNode table, ObjectNode operation) {
    List<ObjectNode> rows = new ArrayList<>();
    for (JsonNode row : table) {
      boolean matches = true;
      for (JsonNode condition : operation.path("where")) {
        matches &= equal(row.path(condition.path(0).asText()), condition.path(2));
      }
      if (matches) {
        rows.add((ObjectNode) row);
      }
    }
    return rows;
  }

  private static void mutate(ObjectNode row, JsonNode mutation, Map<String, String> named)
      throws OvsdbFault {
    String column = mutation.path(0).asText();
    JsonNode value = resolve(mutation.path(2), named);
    List<JsonNode> elements = new ArrayList<>(Column.elements(row.path(column)));
    switch (mutation.path(1).asText()) {
      case "+=" -> row.put(column, row.path(column).asLong() + value.asLong());
      case "insert" -> {
        elements.addAll(Column.elements(value));
        row.set(column, Column.set(elements));
      }
      case "delete" -> {
        elements.removeAll(Column.elements(value));
        row.set(column, Column.set(elements));
      }
      default -> throw OvsdbFault.refused("unknown mutation " + mutation);
    }
  }

  private static JsonNode resolve(JsonNode value, Map<String, String> named) {
    if (value.isArray() && value.path(0).asText().equals("named-uuid")) {
      return Column.uuid(named.getOrDefault(value.path(1).asText(), "?"));
    }
    if (value.isArray()) {
      ArrayNode copy = NODES.arrayNode();
      value.forEach(element -> copy.add(resolve(element, named)));
      return copy;
    }
    if (value.isObject()) {
      ObjectNode copy = NODES.objectNode();
      value.properties().forEach(e -> copy.set(e.getKey(), resolve(e.getValue(), named)));
      return copy;
    }
    return value;
  }

  /** Rows that nothing refers to any more go, as the schema has it. */
  private static void collectGarbage(ObjectNode database) {
    keep(database, "Bridge", references(database, ROOT, "bridges"));
    keep(database, "Port", references(database, "Bridge", "ports"));
    keep(database, "Interface", references(database, "Port", "interfaces"));
    keep(database, "Mirror", references(database, "Bridge", "mirrors"));
    keep(database, "sFlow", references(database, "Bridge", "sflow"));
  }

  private static Set<String> references(ObjectNode database, String table, String column) {
    Set<String> uuids = new HashSet<>();
    database.path(table).forEach(row -> uuids.addAll(Column.uuids(row.path(column))));
    return uuids;
  }

  private static void keep(ObjectNode database, String table, Set<String> uuids) {
    ((ObjectNode) database.path(table)).retain(uuids);
  }

  private void vswitchd(ObjectNode database) {
    if (!applies) {
      return;
    }
    ObjectNode root = (ObjectNode) database.path(ROOT).path("root");
    root.put("cur_cfg", root.path("next_cfg").asLong());
    int port = 1;
    for (JsonNode row : database.path("Interface")) {
      String error = errors.get(row.path("name").asText());
      ((ObjectNode) row).put("ofport", error == null ? port++ : -1);
      ((ObjectNode) row)
          .set("error", error == null ? Column.set(List.of()) : NODES.textNode(error));
    }
  }
}
