package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds who else manages a link: NetworkManager and systemd-networkd tell of each link under its
 * number what they do with it, ifupdown lists those that it brought up and those that it knows.
 */
public final class LinkOwners {
  private static final String NETWORK_MANAGER = "/run/NetworkManager/devices/";
  private static final String NETWORKD = "/run/systemd/netif/links/";
  private static final List<String> STANZAS = List.of("iface", "auto", "allow-hotplug");

  private final KernelFiles files;
  private final Set<String> ifupdown = new HashSet<>();

  /** Reads what ifupdown knows; what the others know is read link by link. */
  public LinkOwners(KernelFiles files) {
    this.files = files;
    files
        .read("/run/network/ifstate")
        .orElse("")
        .lines()
        .forEach(line -> ifupdown.add(line.replaceFirst("=.*", "").strip()));
    stanzas("/etc/network/interfaces");
    files.list("/etc/network/interfaces.d").stream()
        .sorted()
        .forEach(name -> stanzas("/etc/network/interfaces.d/" + name));
  }

  private void stanzas(String file) {
    for (String line : files.read(file).orElse("").lines().toList()) {
      List<String> words = List.of(line.strip().split("\\s+"));
      if (words.size() > 1 && STANZAS.contains(words.getFirst())) {
        ifupdown.addAll(
            words.getFirst().equals("iface")
                ? words.subList(1, 2)
                : words.subList(1, words.size()));
      }
    }
  }

  /** The owner's name; empty when nobody else manages the link. */
  public String of(String name, int index) {
    String manager = files.read(NETWORK_MANAGER + index).orElse("");
    if (has(manager, "managed=true") || has(manager, "managed=1")) {
      return "NetworkManager";
    }
    String networkd = files.read(NETWORKD + index).orElse("");
    if (networkd.contains("ADMIN_STATE=")
        && !has(networkd, "ADMIN_STATE=unmanaged")
        && networkd.contains("NETWORK_FILE=")) {
      return networkd.contains("netplan") ? "netplan (systemd-networkd)" : "systemd-networkd";
    }
    return ifupdown.contains(name) ? "ifupdown" : "";
  }

  /** The owner's name of a link that only its name is known of. */
  public String of(String name) {
    String index = files.read("/sys/class/net/" + name + "/ifindex").orElse("").strip();
    return of(name, index.matches("[0-9]{1,9}") ? Integer.parseInt(index) : 0);
  }

  private static boolean has(String text, String line) {
    return text.lines().anyMatch(found -> found.strip().equals(line));
  }
}
