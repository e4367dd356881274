package dev.ballast.agent.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.HugepagePool;
import dev.ballast.core.topology.NumaNode;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.stream.Stream;

/**
 * A topology as JSON: CPU sets are texts in the kernel's list format; packages and cache groups are
 * sorted as text, cores by CPU, nodes by id.
 */
public final class TopologyJson {
  private TopologyJson() {}

  public static JsonNode of(Topology topology) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("onlineCpus", topology.onlineCpus().toString());
    json.set("packages", texts(sortedAsText(topology.packages())));
    json.set("cores", texts(topology.cores().stream().sorted().map(CpuSet::toString)));
    ArrayNode nodes = json.putArray("numaNodes");
    topology.numaNodes().forEach(node -> nodes.add(node(node)));
    json.set("lastLevelCache", cache(topology.lastLevelCache()));
    return json;
  }

  private static ObjectNode node(NumaNode node) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", node.id());
    json.put("cpus", node.cpus().toString());
    json.put("memoryBytes", node.memoryBytes());
    ArrayNode distances = json.putArray("distances");
    node.distances().forEach(distances::add);
    ArrayNode pools = json.putArray("hugepages");
    node.hugepages().forEach(pool -> pools.add(pool(pool)));
    return json;
  }

  private static ObjectNode pool(HugepagePool pool) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("pageSizeBytes", pool.pageSizeBytes())
        .put("totalPages", pool.totalPages())
        .put("freePages", pool.freePages());
  }

  private static ObjectNode cache(CacheLevel cache) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("level", cache.level() == 0 ? null : "L" + cache.level() + "Cache");
    json.set("groups", texts(sortedAsText(cache.groups())));
    return json;
  }

  private static Stream<String> sortedAsText(List<CpuSet> sets) {
    return sets.stream().map(CpuSet::toString).sorted();
  }

  private static ArrayNode texts(Stream<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array;
  }
}
