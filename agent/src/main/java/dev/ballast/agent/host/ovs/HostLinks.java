package dev.ballast.agent.host.ovs;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.machine.LinkOwners;
import dev.ballast.core.action.LinkRules;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The host's network links, each with what it carries: an address, routes, another link on top. A
 * link that carries something must not join a bridge, for it would cut that off.
 */
public final class HostLinks {
  /** At most so many links are told. */
  static final int LINK_LIMIT = 4_096;

  private static final String DEFAULT_ROUTE = "00000000";

  private final KernelFiles files;

  public HostLinks(KernelFiles files) {
    this.files = files;
  }

  /**
   * By name; an empty text for a link that carries nothing. Guests' taps are left out.
   *
   * @throws UncheckedIOException when nobody can say what links carry
   */
  public SortedMap<String, String> read() {
    SortedMap<String, String> links = new TreeMap<>();
    Map<String, List<String>> addresses = addresses();
    Map<String, Set<String>> routes = routes();
    LinkOwners owners = new LinkOwners(files);
    for (String line : files.read("/proc/net/dev").orElse("").lines().toList()) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).strip();
      if (!name.isEmpty() && !isInner(name) && links.size() < LINK_LIMIT) {
        links.put(
            name,
            carries(
                name,
                addresses.getOrDefault(name, List.of()),
                routes.getOrDefault(name, Set.of()),
                owners.of(name)));
      }
    }
    return links;
  }

  private static boolean isInner(String name) {
    return name.equals("lo") || name.startsWith("vnet") || name.startsWith("ovs-");
  }

  private String carries(String name, List<String> addresses, Set<String> routes, String owner) {
    List<String> found = new ArrayList<>();
    if (!addresses.isEmpty()) {
      found.add("has the address " + String.join(", ", addresses));
    }
    if (routes.contains(DEFAULT_ROUTE)) {
      found.add("has the default route");
    } else if (!routes.isEmpty() && addresses.isEmpty()) {
      found.add("has routes");
    }
    String directory = "/sys/class/net/" + name;
    if (files.exists(directory + "/bridge")) {
      found.add("is a bridge of the kernel");
    }
    for (String entry : files.list(directory)) {
      if (entry.startsWith("upper_")) {
        found.add("is below " + entry.substring("upper_".length()));
      }
    }
    if (!owner.isEmpty()) {
      found.add(LinkRules.MANAGED + owner);
    }
    return String.join(", ", found);
  }

  /** Addresses that others know; each link has a link-local one of IPv6 by itself. */
  private static Map<String, List<String>> addresses() {
    Map<String, List<String>> addresses = new HashMap<>();
    try {
      NetworkInterface.networkInterfaces()
          .forEach(
              link -> {
                List<String> own =
                    link.inetAddresses()
                        .filter(address -> !isGivenByItself(address))
                        .map(InetAddress::getHostAddress)
                        .map(text -> text.replaceFirst("%.*", ""))
                        .sorted()
                        .toList();
                addresses.put(link.getName(), own);
              });
    } catch (SocketException e) {
      throw new UncheckedIOException("the addresses of the links cannot be read", e);
    }
    return addresses;
  }

  private static boolean isGivenByItself(InetAddress address) {
    return address instanceof Inet6Address && address.isLinkLocalAddress();
  }

  private Map<String, Set<String>> routes() {
    Map<String, Set<String>> routes = new HashMap<>();
    files
        .read("/proc/net/route")
        .orElse("")
        .lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 1)
        .forEach(f -> routes.computeIfAbsent(f[0], link -> new HashSet<>()).add(f[1]));
    return routes;
  }
}
