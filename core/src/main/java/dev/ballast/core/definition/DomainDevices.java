package dev.ballast.core.definition;

import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.NicSpec;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The devices of a definition that a specification has words for. */
final class DomainDevices {
  private static final String DEFAULT_CACHE = "default";
  private static final Predicate<String> VLAN =
      Pattern.compile("[1-9][0-9]{0,3}").asMatchPredicate();

  private DomainDevices() {}

  private static Stream<XmlElement> devices(XmlElement domain, String name) {
    return domain.child("devices").stream().flatMap(devices -> devices.children(name).stream());
  }

  static List<DiskSpec> disks(XmlElement domain) {
    return devices(domain, "disk").flatMap(disk -> disk(disk).stream()).toList();
  }

  private static Optional<DiskSpec> disk(XmlElement disk) {
    boolean device = disk.attribute("device").orElse("disk").equals("disk");
    Optional<XmlElement> source = disk.child("source");
    Optional<String> path =
        switch (disk.attribute("type").orElse("file")) {
          case "file" -> source.flatMap(s -> s.attribute("file"));
          case "block" -> source.flatMap(s -> s.attribute("dev"));
          default -> Optional.empty();
        };
    Optional<XmlElement> driver = disk.child("driver");
    return path.filter(found -> device)
        .map(
            found ->
                new DiskSpec(
                    found,
                    driver.flatMap(d -> d.attribute("type")).orElse("raw"),
                    driver.flatMap(d -> d.attribute("cache")).orElse(DEFAULT_CACHE),
                    disk.child("readonly").isPresent()));
  }

  static List<NicSpec> nics(XmlElement domain) {
    return devices(domain, "interface").flatMap(nic -> nic(nic).stream()).toList();
  }

  static List<String> links(XmlElement domain) {
    return devices(domain, "interface").map(DomainDevices::link).toList();
  }

  private static String link(XmlElement nic) {
    String mac = nic.child("mac").flatMap(m -> m.attribute("address")).orElse("without MAC");
    String type = nic.attribute("type").orElse("of no type");
    String source =
        nic.child("source").stream()
            .flatMap(s -> Stream.of("network", "bridge", "dev", "path").map(s.attributes()::get))
            .filter(Objects::nonNull)
            .findFirst()
            .map(name -> " " + name)
            .orElse("");
    // One line of a comment, whatever the definition holds.
    return (mac + ": " + type + source).replaceAll("\\p{Cntrl}", "?");
  }

  private static Optional<NicSpec> nic(XmlElement nic) {
    Optional<String> bridge =
        nic.attribute("type").orElse("").equals("bridge")
            ? nic.child("source").flatMap(source -> source.attribute("bridge"))
            : Optional.empty();
    Optional<String> mac = nic.child("mac").flatMap(m -> m.attribute("address"));
    if (bridge.isEmpty() || mac.isEmpty()) {
      return Optional.empty();
    }
    boolean openVswitch =
        nic.child("virtualport")
            .flatMap(port -> port.attribute("type"))
            .filter("openvswitch"::equals)
            .isPresent();
    return Optional.of(
        new NicSpec(
            bridge.get(),
            mac.get().toLowerCase(Locale.ROOT),
            openVswitch,
            Optional.empty(),
            vlan(nic)));
  }

  /** Of a NIC in one VLAN, not of a trunk. */
  private static Optional<Integer> vlan(XmlElement nic) {
    List<XmlElement> tags =
        nic.child("vlan").filter(vlan -> vlan.attribute("trunk").isEmpty()).stream()
            .flatMap(vlan -> vlan.children("tag").stream())
            .toList();
    return tags.size() == 1
        ? tags.getFirst().attribute("id").filter(VLAN).map(Integer::valueOf)
        : Optional.empty();
  }
}
