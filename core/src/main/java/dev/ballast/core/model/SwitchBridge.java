package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The configuration of an Open vSwitch bridge.
 *
 * @param owner the UUID of the cluster whose Ballast made it; absent for anyone else's
 * @param ports by name, with the host's own port of the bridge's name
 * @param guests ports that come and go with guests, each with the UUID of its domain or an empty
 *     text; they are no part of what is configured
 * @param settings what is not as Open vSwitch has it by itself, by the name of the column: {@code
 *     fail_mode}, {@code mirror.NAME.output_port}, {@code sflow.targets}, …
 */
public record SwitchBridge(
    String name,
    Optional<String> owner,
    SortedMap<String, SwitchPort> ports,
    SortedMap<String, String> guests,
    SortedMap<String, String> settings) {
  /** A bridge as Open vSwitch has it by itself. */
  public SwitchBridge(
      String name,
      Optional<String> owner,
      SortedMap<String, SwitchPort> ports,
      SortedMap<String, String> guests) {
    this(name, owner, ports, guests, new TreeMap<>());
  }

  public SwitchBridge {
    ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
    guests = Collections.unmodifiableSortedMap(new TreeMap<>(guests));
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** What is configured, whatever guests run. */
  public SwitchBridge withoutGuests() {
    return guests.isEmpty()
        ? this
        : new SwitchBridge(name, owner, ports, new TreeMap<>(), settings);
  }

  public boolean isOwnedBy(String cluster) {
    return owner.filter(cluster::equals).isPresent();
  }

  /** For people: the ports besides the host's own, and the settings. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (SwitchPort port : ports.values()) {
      if (!port.name().equals(name)) {
        text.append(text.isEmpty() ? "" : "; ").append(port.name()).append(": ");
        text.append(port.describe());
      }
    }
    if (text.isEmpty()) {
      text.append("no ports");
    }
    settings.forEach((key, value) -> text.append("; ").append(key).append('=').append(value));
    return text.toString();
  }
}
