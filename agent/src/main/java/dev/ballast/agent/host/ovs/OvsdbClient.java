package dev.ballast.agent.host.ovs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection to the host's ovsdb-server, made again whenever it ends, and says when the
 * configuration changes there.
 */
public final class OvsdbClient implements Ovsdb, OvsdbWriter, AutoCloseable {
  /** How long a call may take. */
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Between two attempts to connect. */
  static final Duration PAUSE = Duration.ofMillis(500);

  /** How long {@link #settle} waits for a connection. */
  static final Duration SETTLE_LIMIT = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(OvsdbClient.class);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String DATABASE = "Open_vSwitch";

  /** What is watched: configuration, and what tells that it was applied or failed. */
  private static final Map<String, List<String>> WATCHED =
      Map.of(
          "Bridge",
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
          "Port",
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
                  "qos"),
          "Interface",
              List.of(
                  "name",
                  "type",
                  "options",
                  "external_ids",
                  "ingress_policing_rate",
                  "ingress_policing_burst"),
          "QoS", List.of("type", "other_config", "queues"),
          "Mirror", List.of("name", "select_all", "select_vlan", "output_port", "output_vlan"),
          "sFlow", List.of("targets", "agent", "sampling", "polling"),
          "Controller", List.of("target"));

  private final Path socket;
  private final Duration timeout;
  private final Runnable changed;
  private final Object monitor = new Object();
  private @Nullable OvsdbConnection connection;
  private boolean closed;
  private boolean told;

  /**
   * @param changed told when the configuration changed, and when the connection came or went
   */
  public OvsdbClient(Path socket, Runnable changed) {
    this(socket, TIMEOUT, changed);
  }

  OvsdbClient(Path socket, Duration timeout, Runnable changed) {
    this.socket = socket;
    this.timeout = timeout;
    this.changed = changed;
  }

  /** Begins to connect, in the background. */
  public void start() {
    Thread.ofVirtual().name("ovsdb").start(this::keep);
  }

  private void keep() {
    try {
      while (!isClosed()) {
        serve();
        synchronized (monitor) {
          if (!closed) {
            monitor.wait(PAUSE.toMillis());
          }
        }
      }
    } catch (InterruptedException e) {
      log.debug("the connection to ovsdb-server ends");
    }
  }

  private void serve() {
    if (!Files.exists(socket)) {
      return;
    }
    try (OvsdbConnection opened = OvsdbConnection.open(socket, timeout, changed)) {
      var _ = opened.begin("monitor", monitorParameters());
      put(opened);
      log.info("connected to ovsdb-server at {}", socket);
      told = false;
      opened.read();
    } catch (IOException | OvsdbFault | RuntimeException e) {
      if (!told && !isClosed()) {
        log.warn("ovsdb-server at {}: {}; trying again", socket, e.getMessage());
        told = true;
      }
    } finally {
      put(null);
    }
  }

  private void put(@Nullable OvsdbConnection now) {
    boolean differs;
    synchronized (monitor) {
      differs = connection != now;
      connection = now;
      if (closed && now != null) {
        now.close();
      }
      monitor.notifyAll();
    }
    if (differs) {
      changed.run();
    }
  }

  private static ArrayNode monitorParameters() {
    ObjectNode requests = NODES.objectNode();
    WATCHED.forEach(
        (table, columns) -> {
          ObjectNode request = requests.putArray(table).addObject();
          columns.forEach(request.putArray("columns")::add);
          request.putObject("select").put("initial", false);
        });
    return NODES.arrayNode().add(DATABASE).add("ballast").add(requests);
  }

  private boolean isClosed() {
    synchronized (monitor) {
      return closed;
    }
  }

  private OvsdbConnection connection() throws OvsdbFault {
    synchronized (monitor) {
      if (connection == null) {
        throw OvsdbFault.unreachable(
            "ovsdb-server does not answer at " + socket + ": start openvswitch-switch");
      }
      return connection;
    }
  }

  @Override
  public void settle() throws InterruptedException {
    long deadline = System.nanoTime() + SETTLE_LIMIT.toNanos();
    synchronized (monitor) {
      while (connection == null && !closed) {
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          return;
        }
        monitor.wait(leftMillis);
      }
    }
  }

  @Override
  public Map<String, List<ObjectNode>> rows(Map<String, List<String>> columns) throws OvsdbFault {
    List<String> tables = List.copyOf(columns.keySet());
    List<ObjectNode> selects = new ArrayList<>();
    for (String table : tables) {
      ObjectNode select = NODES.objectNode().put("op", "select").put("table", table);
      select.putArray("where");
      List<String> wanted = columns.getOrDefault(table, List.of());
      if (!wanted.isEmpty()) {
        wanted.forEach(select.putArray("columns")::add);
      }
      selects.add(select);
    }
    List<JsonNode> results = transact(selects);
    Map<String, List<ObjectNode>> rows = new LinkedHashMap<>();
    for (int i = 0; i < tables.size(); i++) {
      List<ObjectNode> table = new ArrayList<>();
      results.get(i).path("rows").forEach(row -> table.add((ObjectNode) row));
      rows.put(tables.get(i), table);
    }
    return rows;
  }

  @Override
  public List<JsonNode> transact(List<ObjectNode> operations) throws OvsdbFault {
    ArrayNode parameters = NODES.arrayNode().add(DATABASE);
    operations.forEach(parameters::add);
    JsonNode answer = connection().call("transact", parameters);
    List<JsonNode> results = new ArrayList<>();
    for (JsonNode result : answer) {
      if (result.has("error")) {
        throw OvsdbFault.refused(
            "ovsdb-server refused: "
                + result.path("error").asText()
                + (result.has("details") ? " (" + result.path("details").asText() + ")" : ""));
      }
      results.add(result);
    }
    if (results.size() < operations.size()) {
      throw OvsdbFault.unreachable("ovsdb-server answered only " + results.size() + " operations");
    }
    return results;
  }

  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      if (connection != null) {
        connection.close();
      }
      monitor.notifyAll();
    }
  }
}
