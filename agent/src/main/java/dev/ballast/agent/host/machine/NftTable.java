package dev.ballast.agent.host.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.Subnet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;

/**
 * The table of nftables that is Ballast's own: written whole in one transaction of the kernel, read
 * back rule by rule. Rules that it would not have written are counted, as are those that it lacks.
 */
final class NftTable {
  static final List<String> LIST = List.of("nft", "-j", "list", "table", "inet", "ballast");
  static final List<String> LOAD = List.of("nft", "-f", "-");

  private static final List<String> PROGRAMS = List.of("/usr/sbin/nft", "/sbin/nft");
  private static final String PREROUTING = "prerouting";
  private static final String OUTPUT = "output";
  private static final String POSTROUTING = "postrouting";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KernelFiles files;
  private final Commands commands;

  NftTable(KernelFiles files, Commands commands) {
    this.files = files;
    this.commands = commands;
  }

  /** Absent where the host has no nftables; nothing where it has no such table. */
  Optional<PortForwards> read() {
    if (PROGRAMS.stream().noneMatch(files::exists)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(commands.read(LIST)));
    } catch (IOException e) {
      // nft tells a table that is not there as a failure.
      return String.valueOf(e.getMessage()).contains("No such file or directory")
          ? Optional.of(new PortForwards(new TreeMap<>(), new TreeSet<>(), 0))
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** What to load: the table as it was goes and the new one comes in the same transaction. */
  static String text(PortForwards target) {
    StringBuilder text = new StringBuilder("add table inet ballast\ndelete table inet ballast\n");
    if (target.forwards().isEmpty() && target.masquerades().isEmpty()) {
      return text.toString();
    }
    text.append("table inet ballast {\n");
    chain(text, PREROUTING, -100, forwards(target));
    chain(text, OUTPUT, -100, forwards(target));
    List<String> rules = new ArrayList<>();
    for (String subnet : target.masquerades()) {
      Subnet net = Subnet.parse(subnet);
      rules.add("ip saddr " + net + " ip daddr != " + net + " masquerade");
    }
    chain(text, POSTROUTING, 100, rules);
    return text.append("}\n").toString();
  }

  private static void chain(StringBuilder text, String hook, int priority, List<String> rules) {
    text.append("  chain ").append(hook).append(" {\n    type nat hook ").append(hook);
    text.append(" priority ").append(priority).append("; policy accept;\n");
    rules.forEach(rule -> text.append("    ").append(rule).append('\n'));
    text.append("  }\n");
  }

  private static List<String> forwards(PortForwards target) {
    List<String> rules = new ArrayList<>();
    target
        .forwards()
        .forEach(
            (from, to) -> {
              Matcher port = PortForwards.FROM.matcher(from);
              if (port.matches()) {
                String at =
                    port.group(2) == null ? "fib daddr type local" : "ip daddr " + port.group(2);
                rules.add(
                    at + " " + port.group(1) + " dport " + port.group(3) + " dnat ip to " + to);
              }
            });
    return rules;
  }

  private static PortForwards parse(String json) {
    SortedMap<String, String> forwards = new TreeMap<>();
    SortedSet<String> masquerades = new TreeSet<>();
    SortedMap<String, Integer> found = new TreeMap<>();
    try {
      for (JsonNode entry : JSON.readTree(json).path("nftables")) {
        JsonNode rule = entry.path("rule");
        if (!rule.isMissingNode()) {
          String chain = rule.path("chain").asText();
          found.merge(chain + " " + rule.path("expr"), 1, Integer::sum);
          forward(rule.path("expr")).ifPresent(f -> forwards.put(f.getKey(), f.getValue()));
          masquerade(rule.path("expr")).ifPresent(subnet -> masquerades.add(subnet));
        } else if (!entry.has("metainfo") && !entry.has("table") && !entry.has("chain")) {
          found.merge(entry.toString(), 1, Integer::sum);
        }
      }
    } catch (JsonProcessingException e) {
      return new PortForwards(new TreeMap<>(), new TreeSet<>(), 1);
    }
    PortForwards read = new PortForwards(forwards, masquerades, 0);
    return new PortForwards(forwards, masquerades, difference(found, rules(read)));
  }

  private static int difference(SortedMap<String, Integer> found, SortedMap<String, Integer> own) {
    SortedSet<String> all = new TreeSet<>(found.keySet());
    all.addAll(own.keySet());
    return all.stream()
        .mapToInt(rule -> Math.abs(found.getOrDefault(rule, 0) - own.getOrDefault(rule, 0)))
        .sum();
  }

  private static Optional<Map.Entry<String, String>> forward(JsonNode expressions) {
    JsonNode dnat = expressions.path(2).path("dnat");
    JsonNode where = expressions.path(0).path("match");
    JsonNode port = expressions.path(1).path("match");
    String from =
        port.path("left").path("payload").path("protocol").asText()
            + " "
            + (where.path("left").has("fib") ? "" : where.path("right").asText() + ":")
            + port.path("right").asText();
    String to = dnat.path("addr").asText() + ":" + dnat.path("port").asText();
    return PortForwards.FROM.matcher(from).matches() && PortForwards.TO.matcher(to).matches()
        ? Optional.of(Map.entry(from, to))
        : Optional.empty();
  }

  private static Optional<String> masquerade(JsonNode expressions) {
    if (!expressions.path(2).has("masquerade")) {
      return Optional.empty();
    }
    JsonNode prefix = expressions.path(0).path("match").path("right").path("prefix");
    try {
      String text = prefix.path("addr").asText() + "/" + prefix.path("len").asText();
      return Optional.of(Subnet.parse(text).toString());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The rules as nft tells them in JSON, each with its chain. */
  private static SortedMap<String, Integer> rules(PortForwards target) {
    SortedMap<String, Integer> rules = new TreeMap<>();
    target
        .forwards()
        .forEach(
            (from, to) -> {
              String rule = expressions(from, to).toString();
              rules.merge(PREROUTING + " " + rule, 1, Integer::sum);
              rules.merge(OUTPUT + " " + rule, 1, Integer::sum);
            });
    for (String subnet : target.masquerades()) {
      Subnet net = Subnet.parse(subnet);
      ArrayNode list = NODES.arrayNode();
      list.add(match("==", payload("ip", "saddr"), prefix(net)));
      list.add(match("!=", payload("ip", "daddr"), prefix(net)));
      list.addObject().putNull("masquerade");
      rules.merge(POSTROUTING + " " + list, 1, Integer::sum);
    }
    return rules;
  }

  private static ArrayNode expressions(String from, String to) {
    Matcher port = PortForwards.FROM.matcher(from);
    Matcher target = PortForwards.TO.matcher(to);
    ArrayNode list = NODES.arrayNode();
    if (!port.matches() || !target.matches()) {
      return list;
    }
    if (port.group(2) == null) {
      ObjectNode local = NODES.objectNode();
      local.putObject("fib").put("result", "type").putArray("flags").add("daddr");
      list.add(match("==", local, NODES.textNode("local")));
    } else {
      list.add(match("==", payload("ip", "daddr"), NODES.textNode(port.group(2))));
    }
    list.add(
        match(
            "==",
            payload(port.group(1), "dport"),
            NODES.numberNode(Integer.parseInt(port.group(3)))));
    list.addObject()
        .putObject("dnat")
        .put("family", "ip")
        .put("addr", target.group(1))
        .put("port", Integer.parseInt(target.group(2)));
    return list;
  }

  private static ObjectNode match(String op, ObjectNode left, JsonNode right) {
    ObjectNode match = NODES.objectNode();
    match.putObject("match").put("op", op).<ObjectNode>set("left", left).set("right", right);
    return match;
  }

  private static ObjectNode payload(String protocol, String field) {
    ObjectNode node = NODES.objectNode();
    node.putObject("payload").put("protocol", protocol).put("field", field);
    return node;
  }

  private static ObjectNode prefix(Subnet net) {
    ObjectNode node = NODES.objectNode();
    String text = net.toString();
    node.putObject("prefix")
        .put("addr", text.substring(0, text.indexOf('/')))
        .put("len", net.prefix());
    return node;
  }
}
