package dev.ballast.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A disk that QEMU itself reaches over the network, as its path tells it: {@code
 * iscsi://PORTAL/TARGET/LUN} or {@code rbd://MONITOR,MONITOR/POOL/IMAGE}, both with {@code
 * ?user=NAME&secret=UUID} where they ask who one is.
 *
 * @param protocol {@code iscsi} or {@code rbd}
 * @param hosts of the target, or the monitors
 * @param name what is meant there, as libvirt names it
 */
public record NetworkDisk(String protocol, List<Host> hosts, String name, Optional<Login> login) {
  private static final String HOST =
      "(?:[A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:]{2,39}\\])(?::[0-9]{1,5})?";
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(iscsi)://("
              + HOST
              + ")/((?:iqn|eui|naa)\\.[A-Za-z0-9:.-]{1,220}/[0-9]{1,5})"
              + "|(rbd)://("
              + HOST
              + "(?:,"
              + HOST
              + "){0,8})/([A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}))"
              + "(?:\\?user=([A-Za-z0-9._-]{1,100})&secret=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?");

  /**
   * Where to ask.
   *
   * @param port absent for the protocol's own
   */
  public record Host(String name, Optional<String> port) {}

  /**
   * As whom to ask.
   *
   * @param secret the UUID of the secret that each host's libvirt holds
   */
  public record Login(String user, String secret) {}

  public NetworkDisk {
    hosts = List.copyOf(hosts);
  }

  /** Whether the path means to be one. */
  public static boolean isMeant(String path) {
    return path.startsWith("iscsi:") || path.startsWith("rbd:");
  }

  /** The disk that the path tells; absent where it tells none. */
  public static Optional<NetworkDisk> of(String path) {
    Matcher matcher = FORM.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int first = matcher.group(1) == null ? 4 : 1;
    List<Host> hosts = new ArrayList<>();
    for (String text : matcher.group(first + 1).split(",", -1)) {
      hosts.add(host(text));
    }
    Optional<Login> login =
        Optional.ofNullable(matcher.group(7)).map(user -> new Login(user, matcher.group(8)));
    return Optional.of(
        new NetworkDisk(matcher.group(first), hosts, matcher.group(first + 2), login));
  }

  private static Host host(String text) {
    int colon = text.lastIndexOf(':');
    boolean port = colon > text.lastIndexOf(']');
    String name = port ? text.substring(0, colon) : text;
    return new Host(
        name.replace("[", "").replace("]", ""),
        port ? Optional.of(text.substring(colon + 1)) : Optional.empty());
  }
}
