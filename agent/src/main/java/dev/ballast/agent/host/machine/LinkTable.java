package dev.ballast.agent.host.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostLink.Former;
import dev.ballast.core.model.HostLink.Kind;
import dev.ballast.core.model.IpText;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The host's links as the program ip tells them. Bridges that Ballast made are in a group of links
 * of their own, from the moment they are there; cards that it took bear what they had before in
 * their alias. So the kernel itself tells whose they are, and what they get back.
 */
final class LinkTable {
  static final List<String> ADDRESSES = List.of("ip", "-j", "-d", "address", "show");
  static final List<String> ROUTES = List.of("ip", "-j", "-d", "route", "show", "table", "all");

  /** The group of Ballast's bridges. */
  static final String GROUP = "47633";

  /** What the alias of a card that Ballast took begins with. */
  static final String MARK = "ballast ";

  private static final List<String> PROGRAMS =
      List.of("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip");
  private static final long FOREVER = 0xFFFF_FFFFL;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Kinds of links that are no place for an address of the host. */
  private static final Set<String> INNER =
      Set.of("sit", "gre", "gretap", "erspan", "ipip", "ip6tnl", "ip6gre", "vti", "vti6", "ifb");

  /** How names of guests' links, and of a switch's inner ones, begin. */
  private static final List<String> GUESTS = List.of("vnet", "tap", "ovs-");

  private final KernelFiles files;
  private final Commands commands;

  LinkTable(KernelFiles files, Commands commands) {
    this.files = files;
    this.commands = commands;
  }

  /**
   * All links.
   *
   * @param guestPorts ports of guests on bridges, by bridge
   */
  record Links(OwnLinks own, OtherLinks others, SortedMap<String, SortedSet<String>> guestPorts) {}

  /** Own links and those of others; nothing where the host has no program ip. */
  List<LinkSetting> read() {
    return links().map(l -> List.<LinkSetting>of(l.own(), l.others())).orElse(List.of());
  }

  /** Absent where the host has no program ip, or it does not answer. */
  Optional<Links> links() {
    if (PROGRAMS.stream().noneMatch(files::exists)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          parse(
              JSON.readTree(commands.read(ADDRESSES)),
              JSON.readTree(commands.read(ROUTES)),
              new LinkOwners(files)));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Links parse(JsonNode links, JsonNode routes, LinkOwners owners) {
    Map<String, List<JsonNode>> routesOf = new HashMap<>();
    for (JsonNode route : routes) {
      routesOf.computeIfAbsent(route.path("dev").asText(), dev -> new ArrayList<>()).add(route);
    }
    Map<String, SortedSet<String>> ports = new HashMap<>();
    SortedMap<String, SortedSet<String>> guests = new TreeMap<>();
    for (JsonNode link : links) {
      Map<String, SortedSet<String>> side = kind(link).equals("tun") ? guests : ports;
      side.computeIfAbsent(link.path("master").asText(), master -> new TreeSet<>())
          .add(link.path("ifname").asText());
    }
    SortedMap<String, HostLink> own = new TreeMap<>();
    SortedMap<String, HostLink> others = new TreeMap<>();
    for (JsonNode link : links) {
      String name = link.path("ifname").asText();
      List<JsonNode> ways = routesOf.getOrDefault(name, List.of());
      if (isOwn(link)) {
        own.put(name, own(link, ways, ports.getOrDefault(name, new TreeSet<>())));
      } else if (isTold(link) && others.size() < LinkSetting.LINK_LIMIT) {
        others.put(name, other(link, ways, owners));
      }
    }
    return new Links(new OwnLinks(own), new OtherLinks(others), guests);
  }

  private static String kind(JsonNode link) {
    return link.path("linkinfo").path("info_kind").asText();
  }

  private static boolean isOwn(JsonNode link) {
    return link.path("group").asText().equals(GROUP)
        || link.path("ifalias").asText().startsWith(MARK);
  }

  private static boolean isTold(JsonNode link) {
    String name = link.path("ifname").asText();
    boolean isContainers = kind(link).equals("veth") && link.has("master");
    return LinkSetting.NAME.matcher(name).matches()
        && !name.equals("lo")
        && GUESTS.stream().noneMatch(name::startsWith)
        && !isContainers
        && !INNER.contains(kind(link));
  }

  private static HostLink own(JsonNode link, List<JsonNode> routes, SortedSet<String> ports) {
    JsonNode data = link.path("linkinfo").path("info_data");
    boolean isBridge = link.path("group").asText().equals(GROUP);
    List<String> extra = new ArrayList<>();
    Optional<Former> former = isBridge ? Optional.empty() : former(link, extra);
    if (data.path("vlan_filtering").asInt() != 0) {
      extra.add("with VLAN filtering");
    }
    return link(
        isBridge ? Kind.BRIDGE : Kind.CARD,
        link,
        data.path("stp_state").asInt() != 0,
        isBridge ? ports : new TreeSet<>(),
        routes,
        former,
        extra,
        "");
  }

  private static Optional<Former> former(JsonNode link, List<String> extra) {
    String text = link.path("ifalias").asText().substring(MARK.length());
    try {
      return Optional.of(Former.parse(text));
    } catch (IllegalArgumentException e) {
      extra.add("with the alias '" + MARK + text + "'");
      return Optional.empty();
    }
  }

  private static HostLink other(JsonNode link, List<JsonNode> routes, LinkOwners owners) {
    List<String> extra = new ArrayList<>();
    if (link.has("master")) {
      extra.add("a port of " + link.path("master").asText());
    }
    if (kind(link).equals("bridge")) {
      extra.add("a bridge that Ballast did not make");
    }
    if (link.has("ifalias")) {
      extra.add("with the alias '" + link.path("ifalias").asText() + "'");
    }
    return link(
        Kind.CARD,
        link,
        false,
        new TreeSet<>(),
        routes,
        Optional.empty(),
        extra,
        owners.of(link.path("ifname").asText(), link.path("ifindex").asInt()));
  }

  private static HostLink link(
      Kind kind,
      JsonNode link,
      boolean stp,
      SortedSet<String> ports,
      List<JsonNode> routes,
      Optional<Former> former,
      List<String> extra,
      String owner) {
    SortedSet<String> addresses = addresses(link, extra);
    SortedSet<String> ways = routes(routes, extra);
    // A card that nobody uses may well be down: only of Ballast's own it is news.
    boolean isDown = link.path("flags").valueStream().noneMatch(f -> f.asText().equals("UP"));
    if (extra.isEmpty() && isDown && (kind == Kind.BRIDGE || former.isPresent())) {
      extra.add(HostLink.DOWN);
    }
    int mtuBytes = Math.clamp(link.path("mtu").asLong(), 68, 65_536);
    return new HostLink(
        kind, mtuBytes, stp, ports, addresses, ways, former, String.join(", ", extra), owner);
  }

  private static SortedSet<String> addresses(JsonNode link, List<String> extra) {
    SortedSet<String> addresses = new TreeSet<>();
    for (JsonNode entry : link.path("addr_info")) {
      String text = entry.path("local").asText() + "/" + entry.path("prefixlen").asInt();
      if (!entry.path("scope").asText().equals("global") || entry.path("mngtmpaddr").asBoolean()) {
        continue;
      }
      if (entry.path("dynamic").asBoolean()
          || entry.path("valid_life_time").asLong(FOREVER) != FOREVER) {
        // Addresses that routers announce come on any link by themselves.
        if (!IpText.isSix(text)) {
          extra.add("with the address " + text + " for a time (DHCP)");
        }
        continue;
      }
      if (entry.has("address")) {
        extra.add("with a peer's address " + entry.path("address").asText());
      }
      addresses.add(IpText.prefixed(text));
    }
    return addresses;
  }

  private static SortedSet<String> routes(List<JsonNode> routes, List<String> extra) {
    SortedSet<String> ways = new TreeSet<>();
    for (JsonNode route : routes) {
      String protocol = route.path("protocol").asText("boot");
      if (!route.path("table").asText("main").equals("main")
          || protocol.equals("kernel")
          || protocol.equals("ra")) {
        continue;
      }
      String text =
          route.path("dst").asText()
              + (route.has("gateway") ? " via " + route.path("gateway").asText() : "")
              + (route.has("metric") ? " metric " + route.path("metric").asLong() : "");
      try {
        ways.add(IpText.route(text));
      } catch (IllegalArgumentException e) {
        extra.add("with the route " + text);
      }
    }
    return ways;
  }
}
