package dev.ballast.agent.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** ip on a file: carries out a batch line by line, and tells links and routes as ip does. */
final class FakeIp {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  FakeIp(Path file) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      ObjectNode state = JSON.createObjectNode();
      state.putArray("links");
      state.putArray("routes");
      for (String name : List.of("eth0", "eth1", "eth2")) {
        ObjectNode card = link(state, name);
        card.putArray("flags").add("UP");
      }
      save(state);
      batch(
          """
          address replace 192.0.2.1/24 brd + dev eth0
          address replace fd00::1/64 dev eth0
          route replace default via 192.0.2.254 dev eth0
          """);
    }
  }

  private static ObjectNode link(ObjectNode state, String name) {
    ObjectNode link = ((ArrayNode) state.get("links")).addObject();
    link.put("ifname", name).put("ifindex", 2 + name.charAt(name.length() - 1) - '0');
    link.put("mtu", 1_500).put("group", "default").putArray("flags");
    link.putArray("addr_info");
    return link;
  }

  private ObjectNode state() throws IOException {
    return (ObjectNode) JSON.readTree(Files.readString(file));
  }

  private void save(ObjectNode state) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, state.toPrettyString());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  String read(List<String> command) throws IOException {
    return state().get(command.contains("route") ? "routes" : "links").toString();
  }

  /** A guest's port on a bridge. */
  void tap(String name, String bridge) throws IOException {
    ObjectNode state = state();
    ObjectNode tap = link(state, name).put("master", bridge);
    tap.putObject("linkinfo").put("info_kind", "tun");
    save(state);
  }

  /** Once, the first line that begins so fails. */
  void breaksAt(String start) throws IOException {
    ObjectNode state = state();
    save(state.put("breaks", start));
  }

  void batch(String lines) throws IOException {
    for (String line : lines.lines().toList()) {
      ObjectNode state = state();
      if (state.has("breaks") && line.startsWith(state.get("breaks").asText())) {
        state.remove("breaks");
        save(state);
        throw new IOException("'ip' failed: Command failed");
      }
      carryOut(state, words(line), line);
      save(state);
    }
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    for (String part : line.split(" (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")) {
      words.add(part.replace("\"", ""));
    }
    return words;
  }

  private static void carryOut(ObjectNode state, List<String> words, String line)
      throws IOException {
    int dev = words.indexOf("dev");
    String name = words.get(dev < 0 ? words.indexOf("name") + 1 : dev + 1);
    String value = words.getLast();
    switch (words.get(0) + " " + words.get(1)) {
      case "link add" -> link(state, name).put("group", "47633").set("linkinfo", bridge());
      case "link del" -> delete(state, name);
      case "address replace" -> address(find(state, name), words.get(2), true);
      case "address del" -> address(find(state, name), words.get(2), false);
      case "route replace" -> route(state, words.subList(2, dev), name, true);
      case "route del" -> route(state, words.subList(2, dev), name, false);
      case "link set" -> set(find(state, name), words.get(dev + 2), value);
      default -> throw new IOException("'ip' failed: " + line);
    }
  }

  private static ObjectNode bridge() {
    ObjectNode info = JSON.createObjectNode().put("info_kind", "bridge");
    info.putObject("info_data").put("stp_state", 0).put("vlan_filtering", 0);
    return info;
  }

  private static ObjectNode find(ObjectNode state, String name) throws IOException {
    for (JsonNode link : state.get("links")) {
      if (link.path("ifname").asText().equals(name)) {
        return (ObjectNode) link;
      }
    }
    throw new IOException("'ip' failed: Cannot find device \"" + name + "\"");
  }

  private static void delete(ObjectNode state, String name) {
    remove((ArrayNode) state.get("links"), "ifname", name);
    remove((ArrayNode) state.get("routes"), "dev", name);
    for (JsonNode link : state.get("links")) {
      if (link.path("master").asText().equals(name)) {
        ((ObjectNode) link).remove("master");
      }
    }
  }

  private static void remove(ArrayNode list, String field, String value) {
    for (Iterator<JsonNode> each = list.iterator(); each.hasNext(); ) {
      if (each.next().path(field).asText().equals(value)) {
        each.remove();
      }
    }
  }

  private static void address(ObjectNode link, String address, boolean wanted) {
    int slash = address.indexOf('/');
    ArrayNode list = (ArrayNode) link.get("addr_info");
    remove(list, "local", address.substring(0, slash));
    if (wanted) {
      list.addObject()
          .put("scope", "global")
          .put("local", address.substring(0, slash))
          .put("prefixlen", Integer.parseInt(address.substring(slash + 1)));
    }
  }

  private static void route(ObjectNode state, List<String> words, String dev, boolean wanted) {
    ArrayNode list = (ArrayNode) state.get("routes");
    remove(list, "dst", words.getFirst());
    if (wanted) {
      ObjectNode route = list.addObject().put("dst", words.getFirst()).put("dev", dev);
      if (words.size() > 2 && words.get(1).equals("via")) {
        route.put("gateway", words.get(2));
      }
    }
  }

  private static void set(ObjectNode link, String what, String value) {
    switch (what) {
      case "up" -> link.putArray("flags").add("UP");
      case "down" -> link.putArray("flags");
      case "mtu" -> link.put("mtu", Integer.parseInt(value));
      case "master" -> link.put("master", value);
      case "nomaster" -> link.remove("master");
      case "alias" -> {
        link.remove("ifalias");
        if (!value.isEmpty()) {
          link.put("ifalias", value);
        }
      }
      default ->
          ((ObjectNode) link.get("linkinfo").get("info_data"))
              .put("stp_state", Integer.parseInt(value));
    }
  }
}
