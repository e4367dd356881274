package dev.ballast.agent.host.ovs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values of columns in the notation of RFC 7047, section 5.1. */
public final class Column {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Column() {}

  /** The elements of a set; one alone stands without a set's brackets. */
  public static List<JsonNode> elements(JsonNode value) {
    if (value.isMissingNode()) {
      return List.of();
    }
    if (value.isArray() && value.path(0).asText().equals("set")) {
      List<JsonNode> elements = new ArrayList<>();
      value.path(1).forEach(elements::add);
      return elements;
    }
    return List.of(value);
  }

  /** The elements of a set of texts. */
  public static List<String> texts(JsonNode value) {
    return elements(value).stream().map(JsonNode::asText).toList();
  }

  /** The elements of a set of numbers. */
  public static List<Integer> numbers(JsonNode value) {
    return elements(value).stream().map(JsonNode::asInt).toList();
  }

  /** The rows that a set refers to. */
  public static List<String> uuids(JsonNode value) {
    return elements(value).stream().map(element -> element.path(1).asText()).toList();
  }

  /** A text that may be missing. */
  public static Optional<String> text(JsonNode value) {
    return texts(value).stream().findFirst();
  }

  /** A number that may be missing. */
  public static Optional<Integer> number(JsonNode value) {
    return numbers(value).stream().findFirst();
  }

  public static SortedMap<String, String> map(JsonNode value) {
    SortedMap<String, String> map = new TreeMap<>();
    value.path(1).forEach(pair -> map.put(pair.path(0).asText(), pair.path(1).asText()));
    return map;
  }

  public static ArrayNode uuid(String uuid) {
    return NODES.arrayNode().add("uuid").add(uuid);
  }

  /** A row that the same transaction inserts. */
  public static ArrayNode named(String name) {
    return NODES.arrayNode().add("named-uuid").add(name);
  }

  public static ArrayNode set(Collection<? extends JsonNode> elements) {
    ArrayNode set = NODES.arrayNode().add("set");
    ArrayNode inner = set.addArray();
    elements.forEach(inner::add);
    return set;
  }

  public static ArrayNode numbers(Collection<Integer> numbers) {
    return set(numbers.stream().map(NODES::numberNode).toList());
  }

  public static ArrayNode map(Map<String, String> map) {
    ArrayNode result = NODES.arrayNode().add("map");
    ArrayNode pairs = result.addArray();
    map.forEach((key, value) -> pairs.addArray().add(key).add(value));
    return result;
  }
}
