package dev.ballast.core.spec;

import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.LibvirtNetworkSpec;
import dev.ballast.core.model.VirtualNetwork;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads one document as a network of libvirt; a faulty one is left out. */
final class LibvirtNetworkReader {
  static final String KIND = "LibvirtNetwork";

  private static final int TEXT_LIMIT = 64;

  private final Faults faults;
  private final Duplicates duplicates;
  private final Map<String, Location> at = new HashMap<>();

  LibvirtNetworkReader(Faults faults, Duplicates duplicates) {
    this.faults = faults;
    this.duplicates = duplicates;
  }

  /** Whether the document says that it is one. */
  static boolean isLibvirtNetwork(YamlNode document) {
    return NetworkReader.isOfKind(document, KIND);
  }

  /** The network, or nothing when it is faulty. */
  Optional<LocatedLibvirtNetwork> read(YamlNode document) {
    Field root = new Reading(faults, at).field("", document);
    return root.section(
            "kind", "name", "hosts", "mode", "address", "range", "leases", "forwards", "masquerade")
        .flatMap(network -> spec(root, network))
        .map(spec -> new LocatedLibvirtNetwork(spec, at));
  }

  private Optional<LibvirtNetworkSpec> spec(Field root, Section network) {
    Optional<String> name =
        network
            .require("name", "name the network")
            .flatMap(
                field ->
                    field.text(
                        VirtualNetworks.NAME, "letters, digits, '.', '_' and '-', at most 50"));
    name.ifPresent(found -> duplicates.libvirtNetwork(found, at.getOrDefault("name", root.at())));
    Optional<String> address =
        network
            .require("address", "the host's address on it, such as 10.5.0.1/24")
            .flatMap(field -> field.text(TEXT_LIMIT));
    if (name.isEmpty() || address.isEmpty()) {
      return Optional.empty();
    }
    String mode = network.get("mode").flatMap(field -> field.text(TEXT_LIMIT)).orElse("nat");
    String[] range =
        network.get("range").flatMap(field -> field.text(TEXT_LIMIT)).orElse("").split("-", 2);
    try {
      return Optional.of(
          new LibvirtNetworkSpec(
              name.get(),
              NetworkReader.hosts(network, at),
              VirtualNetwork.wanted(
                  name.get(),
                  mode,
                  address.get(),
                  range[0],
                  range.length > 1 ? range[1] : "",
                  pairs(network, "leases", VirtualNetwork.LEASE_LIMIT, "MAC=IP")),
              forwards(network),
              network.get("masquerade").flatMap(Field::bool).orElse(false)));
    } catch (IllegalArgumentException e) {
      root.fault("network '" + name.get() + "': " + e.getMessage());
      return Optional.empty();
    }
  }

  private static SortedMap<String, String> forwards(Section network) {
    SortedMap<String, String> forwards = new TreeMap<>();
    pairs(network, "forwards", PortForwards.ENTRY_LIMIT, "tcp/8080=10.5.0.7:80")
        .forEach((from, to) -> forwards.put(from.replaceFirst("/", " "), to));
    return new PortForwards(forwards, new TreeSet<>(), 0).forwards();
  }

  private static SortedMap<String, String> pairs(
      Section network, String key, int limit, String example) {
    SortedMap<String, String> pairs = new TreeMap<>();
    List<Field> items =
        network
            .get(key)
            .flatMap(field -> field.items(limit, "[\"" + example + "\"]"))
            .orElse(List.of());
    for (Field item : items) {
      String text = item.text(TEXT_LIMIT).orElse("=");
      int equals = text.indexOf('=');
      if (equals < 1) {
        item.fault("'" + text + "' is not of the form " + example);
      } else if (pairs.put(text.substring(0, equals), text.substring(equals + 1)) != null) {
        item.fault("'" + text.substring(0, equals) + "' stands twice");
      }
    }
    return pairs;
  }
}
