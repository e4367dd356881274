package dev.ballast.agent.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** nft on a file: takes a whole table, and tells it as nft does in JSON. */
final class FakeNft {
  private static final Pattern CHAIN = Pattern.compile("  chain (\\w+) \\{");
  private static final Pattern DNAT =
      Pattern.compile(
          "    (?:fib daddr type local|ip daddr (\\S+)) (tcp|udp) dport (\\d+) dnat ip to"
              + " ([0-9.]+):(\\d+)");
  private static final Pattern MASQUERADE =
      Pattern.compile("    ip saddr ([0-9.]+)/(\\d+) ip daddr != \\S+ masquerade");

  private final Path file;

  FakeNft(Path file) {
    this.file = file;
  }

  void load(String text) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  String list() throws IOException {
    String text = Files.exists(file) ? Files.readString(file) : "";
    if (!text.contains("table inet ballast {")) {
      throw new IOException("'nft' failed: Error: No such file or directory");
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode entries = answer.putArray("nftables");
    String chain = "";
    for (String line : text.lines().toList()) {
      Matcher named = CHAIN.matcher(line);
      if (named.matches()) {
        chain = named.group(1);
      }
      rule(line, chain, entries);
    }
    return answer.toString();
  }

  private static void rule(String line, String chain, ArrayNode entries) {
    Matcher dnat = DNAT.matcher(line);
    Matcher masquerade = MASQUERADE.matcher(line);
    if (!dnat.matches() && !masquerade.matches()) {
      return;
    }
    ObjectNode rule = entries.addObject().putObject("rule").put("chain", chain);
    ArrayNode list = rule.putArray("expr");
    if (dnat.matches()) {
      ObjectNode where = match(list, "==");
      if (dnat.group(1) == null) {
        where
            .putObject("left")
            .putObject("fib")
            .put("result", "type")
            .putArray("flags")
            .add("daddr");
        where.put("right", "local");
      } else {
        payload(where, "ip", "daddr").put("right", dnat.group(1));
      }
      payload(match(list, "=="), dnat.group(2), "dport")
          .put("right", Integer.parseInt(dnat.group(3)));
      list.addObject()
          .putObject("dnat")
          .put("family", "ip")
          .put("addr", dnat.group(4))
          .put("port", Integer.parseInt(dnat.group(5)));
      return;
    }
    for (String field : new String[] {"saddr", "daddr"}) {
      payload(match(list, field.equals("saddr") ? "==" : "!="), "ip", field)
          .putObject("right")
          .putObject("prefix")
          .put("addr", masquerade.group(1))
          .put("len", Integer.parseInt(masquerade.group(2)));
    }
    list.addObject().putNull("masquerade");
  }

  private static ObjectNode match(ArrayNode list, String op) {
    return list.addObject().putObject("match").put("op", op);
  }

  private static ObjectNode payload(ObjectNode match, String protocol, String field) {
    match.putObject("left").putObject("payload").put("protocol", protocol).put("field", field);
    return match;
  }
}
