package dev.ballast.core.spec;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.spec.YamlNode.Mapping;
import dev.ballast.core.spec.YamlNode.Scalar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads one document as a network. A faulty value becomes a harmless one, so that reading goes on.
 */
final class NetworkReader {
  static final String KIND = "Network";
  static final int UPLINK_LIMIT = 64;

  private static final String[] KEYS = {
    "kind", "name", "bridge", "hosts", "uplinks", "vlan", "trunks", "nativeVlan", "bond",
    "failMode", "datapath", "stp", "rstp", "patches", "vxlan", "rates", "mirrors", "sflow"
  };

  static final String NAME_FORM =
      "letters, digits, '-', '_' and '.', at most 63, the first a letter or digit";
  static final String LINK_FORM =
      "the name of a link: letters, digits, '-', '_' and '.', at most 15";
  private static final NetworkName UNNAMED = new NetworkName("unnamed");

  private final Faults faults;
  private final Duplicates duplicates;
  private final Map<String, Location> at = new HashMap<>();

  NetworkReader(Faults faults, Duplicates duplicates) {
    this.faults = faults;
    this.duplicates = duplicates;
  }

  /** Whether the document says that it is a network. */
  static boolean isNetwork(YamlNode document) {
    return isOfKind(document, KIND);
  }

  static boolean isOfKind(YamlNode document, String wanted) {
    return document instanceof Mapping mapping
        && mapping.entries().get("kind") != null
        && mapping.entries().get("kind").value() instanceof Scalar kind
        && kind.text().equals(wanted);
  }

  /** The network, or nothing when the document is no mapping. */
  Optional<LocatedNetwork> read(YamlNode document) {
    Field root = new Reading(faults, at).field("", document);
    return root.section(KEYS).map(network -> new LocatedNetwork(spec(root, network), at));
  }

  private NetworkSpec spec(Field root, Section network) {
    Optional<NetworkName> name =
        network
            .require("name", "name the network")
            .flatMap(field -> field.text(NetworkName.FORM, NAME_FORM))
            .map(NetworkName::new);
    name.ifPresent(found -> duplicates.network(found, at.getOrDefault("name", root.at())));
    String bridge = bridge(root, network, name);
    SortedSet<String> uplinks =
        set(network, "uplinks", UPLINK_LIMIT, field -> field.text(NetworkSpec.LINK, LINK_FORM));
    if (uplinks.remove(bridge)) {
      network
          .get("uplinks")
          .ifPresent(field -> field.fault("the bridge '" + bridge + "' is no uplink of itself"));
    }
    SortedSet<Integer> trunks =
        set(network, "trunks", NetworkSpec.HIGHEST_VLAN, NetworkReader::vlan);
    Optional<Integer> vlan = network.get("vlan").flatMap(NetworkReader::vlan);
    SwitchOptions options = new SwitchOptionsReader(network).read(bridge);
    if (!trunks.isEmpty() && uplinks.isEmpty() && options.bond().isEmpty()) {
      network
          .get("trunks")
          .ifPresent(field -> field.fault("'trunks' without 'uplinks' says nothing", "name some"));
    }
    if (vlan.isPresent() && !trunks.isEmpty() && !trunks.contains(vlan.get())) {
      network
          .get("trunks")
          .ifPresent(
              field ->
                  field.fault(
                      "the network's VLAN " + vlan.get() + " is not among its trunks", "add it"));
    }
    return new NetworkSpec(
        name.orElse(UNNAMED), bridge, hosts(network), uplinks, vlan, trunks, false, options);
  }

  /** By default a bridge of the network's name. */
  private String bridge(Field root, Section network, Optional<NetworkName> name) {
    Optional<Field> written = network.get("bridge");
    if (written.isPresent()) {
      return written.get().text(NetworkSpec.LINK, LINK_FORM).orElse(UNNAMED.value());
    }
    String same = name.orElse(UNNAMED).value();
    if (NetworkSpec.LINK.matcher(same).matches()) {
      return same;
    }
    root.fault(
        "the network's name '" + same + "' is too long for a bridge", "write 'bridge: NAME'");
    return UNNAMED.value();
  }

  static Optional<Integer> vlan(Field field) {
    return field.wholeNumber(NetworkSpec.LOWEST_VLAN, NetworkSpec.HIGHEST_VLAN);
  }

  private SortedSet<HostName> hosts(Section network) {
    return hosts(network, at);
  }

  static SortedSet<HostName> hosts(Section network, Map<String, Location> at) {
    return set(
        network,
        "hosts",
        VmReader.HOST_LIMIT,
        field ->
            field
                .text(HostName.FORM, NAME_FORM)
                .map(HostName::new)
                .map(
                    host -> {
                      at.put(LocatedVm.hostKey(host), field.at());
                      return host;
                    }));
  }

  // One faulty item makes the whole list harmless: a shorter list would mean something else.
  static <T extends Comparable<? super T>> SortedSet<T> set(
      Section network, String key, int limit, Function<Field, Optional<T>> read) {
    SortedSet<T> values = new TreeSet<>();
    List<Field> items =
        network.get(key).flatMap(field -> field.items(limit, "[a, b]")).orElse(List.of());
    boolean faulty = false;
    for (Field item : items) {
      Optional<T> value = read.apply(item);
      if (value.isEmpty()) {
        faulty = true;
      } else if (!values.add(value.get())) {
        item.fault("'" + value.get() + "' is listed twice");
      }
    }
    return faulty ? new TreeSet<>() : values;
  }
}
