package dev.ballast.core.spec;

import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.model.SwitchOptions.Mirror;
import dev.ballast.core.model.SwitchOptions.PortRate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what a network asks of its bridge; what is as usual is left out. */
final class SwitchOptionsWriter {
  private SwitchOptionsWriter() {}

  static void write(Map<String, Object> network, SwitchOptions options) {
    options.nativeVlan().ifPresent(id -> network.put("nativeVlan", id));
    options
        .bond()
        .ifPresent(
            bond -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("name", bond.name());
              map.put("members", List.copyOf(bond.members()));
              map.put("mode", bond.mode());
              map.put("lacp", bond.lacp());
              network.put("bond", map);
            });
    put(network, "failMode", options.failMode());
    put(network, "datapath", options.datapath());
    if (options.stp()) {
      network.put("stp", true);
    }
    if (options.rstp()) {
      network.put("rstp", true);
    }
    if (!options.patches().isEmpty()) {
      network.put("patches", List.copyOf(options.patches()));
    }
    vxlan(network, options);
    rates(network, options);
    mirrors(network, options);
    options
        .sflow()
        .ifPresent(
            sflow -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("targets", List.copyOf(sflow.targets()));
              map.put("agent", sflow.agent());
              map.put("sampling", sflow.sampling());
              map.put("pollingSeconds", sflow.pollingSeconds());
              network.put("sflow", map);
            });
  }

  private static void put(Map<String, Object> network, String key, String value) {
    if (!value.isEmpty()) {
      network.put(key, value);
    }
  }

  private static void vxlan(Map<String, Object> network, SwitchOptions options) {
    options
        .vxlan()
        .ifPresent(
            vxlan -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("vni", vxlan.vni());
              map.put("port", vxlan.port());
              Map<String, Object> addresses = new LinkedHashMap<>();
              vxlan.addresses().forEach((host, text) -> addresses.put(host.value(), text));
              if (!addresses.isEmpty()) {
                map.put("addresses", addresses);
              }
              network.put("vxlan", map);
            });
  }

  private static void rates(Map<String, Object> network, SwitchOptions options) {
    List<Map<String, Object>> rates = new ArrayList<>();
    for (Map.Entry<String, PortRate> entry : options.rates().entrySet()) {
      PortRate rate = entry.getValue();
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("port", entry.getKey());
      map.put("maxKilobitsPerSecond", rate.maxKilobitsPerSecond());
      map.put("ingressKilobitsPerSecond", rate.ingressKilobitsPerSecond());
      map.put("ingressBurstKilobits", rate.ingressBurstKilobits());
      rates.add(map);
    }
    if (!rates.isEmpty()) {
      network.put("rates", rates);
    }
  }

  private static void mirrors(Map<String, Object> network, SwitchOptions options) {
    List<Map<String, Object>> mirrors = new ArrayList<>();
    for (Map.Entry<String, Mirror> entry : options.mirrors().entrySet()) {
      Mirror mirror = entry.getValue();
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", entry.getKey());
      if (!mirror.from().isEmpty()) {
        map.put("from", List.copyOf(mirror.from()));
      }
      mirror.toPort().ifPresent(port -> map.put("to", port));
      mirror.toVlan().ifPresent(id -> map.put("toVlan", id));
      mirrors.add(map);
    }
    if (!mirrors.isEmpty()) {
      network.put("mirrors", mirrors);
    }
  }
}
