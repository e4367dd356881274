package dev.ballast.core.spec;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.model.SwitchOptions.Bond;
import dev.ballast.core.model.SwitchOptions.Mirror;
import dev.ballast.core.model.SwitchOptions.PortRate;
import dev.ballast.core.model.SwitchOptions.Sflow;
import dev.ballast.core.model.SwitchOptions.Vxlan;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads what a network asks of its bridge besides uplinks and VLANs. */
final class SwitchOptionsReader {
  private static final int RATE_LIMIT = 999_999_999;
  private static final int DEFAULT_SAMPLING = 400;
  private static final int DEFAULT_POLLING_SECONDS = 30;

  private final Section network;

  SwitchOptionsReader(Section network) {
    this.network = network;
  }

  SwitchOptions read(String bridge) {
    SortedSet<String> patches = links(network, "patches");
    if (patches.remove(bridge)) {
      network.get("patches").ifPresent(field -> field.fault("a bridge is not patched to itself"));
    }
    boolean stp = network.get("stp").flatMap(Field::bool).orElse(false);
    boolean rstp = network.get("rstp").flatMap(Field::bool).orElse(false);
    if (stp && rstp) {
      network.get("rstp").ifPresent(field -> field.fault("either 'stp' or 'rstp', not both"));
    }
    return new SwitchOptions(
        network.get("nativeVlan").flatMap(NetworkReader::vlan),
        network.get("bond").flatMap(SwitchOptionsReader::bond),
        network.get("failMode").flatMap(f -> f.choice(SwitchOptions.FAIL_MODES)).orElse(""),
        network.get("datapath").flatMap(f -> f.choice(SwitchOptions.DATAPATHS)).orElse(""),
        stp,
        rstp && !stp,
        patches,
        network.get("vxlan").flatMap(SwitchOptionsReader::vxlan),
        named("rates", "port", SwitchOptionsReader::rate, "port", RATE_KEYS),
        named("mirrors", "name", SwitchOptionsReader::mirror, "name", MIRROR_KEYS),
        network.get("sflow").flatMap(SwitchOptionsReader::sflow));
  }

  private static final String[] RATE_KEYS = {
    "port", "maxKilobitsPerSecond", "ingressKilobitsPerSecond", "ingressBurstKilobits"
  };
  private static final String[] MIRROR_KEYS = {"name", "from", "to", "toVlan"};

  private static SortedSet<String> links(Section section, String key) {
    return NetworkReader.set(
        section,
        key,
        SwitchOptions.ENTRY_LIMIT,
        field -> field.text(NetworkSpec.LINK, NetworkReader.LINK_FORM));
  }

  private static Optional<String> link(Field field) {
    return field.text(NetworkSpec.LINK, NetworkReader.LINK_FORM);
  }

  /** A list of mappings, each with a name that occurs once. */
  private <T> SortedMap<String, T> named(
      String key,
      String nameKey,
      Function<Section, Optional<T>> read,
      String shown,
      String[] known) {
    SortedMap<String, T> values = new TreeMap<>();
    List<Field> items =
        network
            .get(key)
            .flatMap(field -> field.items(SwitchOptions.ENTRY_LIMIT, "[{" + shown + ": …}]"))
            .orElse(List.of());
    for (Field item : items) {
      Optional<Section> section = item.section(known);
      Optional<String> name =
          section
              .flatMap(found -> found.require(nameKey, "name it"))
              .flatMap(SwitchOptionsReader::link);
      Optional<T> value = section.flatMap(found -> made(item, () -> read.apply(found)));
      if (name.isPresent() && value.isPresent() && values.put(name.get(), value.get()) != null) {
        item.fault("'" + name.get() + "' is listed twice");
      }
    }
    return values;
  }

  /** What a record refuses becomes a fault at the place. */
  private static <T> Optional<T> made(Field at, Supplier<Optional<T>> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      at.fault(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<PortRate> rate(Section rate) {
    return Optional.of(
        new PortRate(
            kilobits(rate, "maxKilobitsPerSecond"),
            kilobits(rate, "ingressKilobitsPerSecond"),
            kilobits(rate, "ingressBurstKilobits")));
  }

  private static long kilobits(Section rate, String key) {
    return rate.get(key).flatMap(field -> field.wholeNumber(0, RATE_LIMIT)).orElse(0);
  }

  private static Optional<Mirror> mirror(Section mirror) {
    return Optional.of(
        new Mirror(
            links(mirror, "from"),
            mirror.get("to").flatMap(SwitchOptionsReader::link),
            mirror.get("toVlan").flatMap(NetworkReader::vlan)));
  }

  private static Optional<Bond> bond(Field field) {
    Optional<Section> section = field.section("name", "members", "mode", "lacp");
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> name =
        section.get().require("name", "name the port").flatMap(SwitchOptionsReader::link);
    SortedSet<String> members = links(section.get(), "members");
    String mode =
        section.get().get("mode").flatMap(f -> f.choice(Bond.MODES)).orElse(Bond.MODES.getFirst());
    String lacp = section.get().get("lacp").flatMap(f -> f.choice(Bond.LACP)).orElse("off");
    return name.flatMap(
        given -> made(field, () -> Optional.of(new Bond(given, members, mode, lacp))));
  }

  private static Optional<Vxlan> vxlan(Field field) {
    Optional<Section> section = field.section("vni", "port", "addresses");
    Optional<Integer> vni =
        section
            .flatMap(found -> found.require("vni", "number the virtual network"))
            .flatMap(f -> f.wholeNumber(0, Vxlan.HIGHEST_VNI));
    if (vni.isEmpty()) {
      return Optional.empty();
    }
    int port =
        section
            .flatMap(found -> found.get("port"))
            .flatMap(f -> f.wholeNumber(1, Vxlan.HIGHEST_PORT))
            .orElse(Vxlan.PORT);
    SortedMap<HostName, String> addresses = new TreeMap<>();
    section
        .flatMap(found -> found.get("addresses"))
        .ifPresent(written -> addresses(written, addresses));
    return made(field, () -> Optional.of(new Vxlan(vni.get(), port, addresses)));
  }

  private static void addresses(Field field, SortedMap<HostName, String> addresses) {
    field
        .mapping("a mapping of hosts to addresses")
        .ifPresent(
            mapping ->
                mapping
                    .entries()
                    .forEach(
                        (host, entry) -> {
                          Field at = field.reading().field(field.key() + "." + host, entry.value());
                          Optional<String> address =
                              at.text(SwitchOptions.ADDRESS, "an address in figures");
                          if (!HostName.FORM.matcher(host).matches()) {
                            at.fault("'" + host + "' is no host's name");
                          } else {
                            address.ifPresent(text -> addresses.put(new HostName(host), text));
                          }
                        }));
  }

  private static Optional<Sflow> sflow(Field field) {
    Optional<Section> section = field.section("targets", "agent", "sampling", "pollingSeconds");
    Optional<String> agent =
        section
            .flatMap(found -> found.require("agent", "name the link whose address samples bear"))
            .flatMap(SwitchOptionsReader::link);
    if (section.isEmpty() || agent.isEmpty()) {
      return Optional.empty();
    }
    SortedSet<String> targets =
        new TreeSet<>(
            NetworkReader.set(
                section.get(),
                "targets",
                SwitchOptions.ENTRY_LIMIT,
                f -> f.text(SpecParser.TEXT_LIMIT)));
    int sampling = number(section.get(), "sampling", DEFAULT_SAMPLING);
    int polling = number(section.get(), "pollingSeconds", DEFAULT_POLLING_SECONDS);
    return made(field, () -> Optional.of(new Sflow(targets, agent.get(), sampling, polling)));
  }

  private static int number(Section section, String key, int usual) {
    return section.get(key).flatMap(f -> f.wholeNumber(0, RATE_LIMIT)).orElse(usual);
  }
}
