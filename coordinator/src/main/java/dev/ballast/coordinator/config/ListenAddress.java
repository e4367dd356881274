package dev.ballast.coordinator.config;

import java.net.InetSocketAddress;

/** Where the server listens: {@code 0.0.0.0:7443}, {@code [::1]:7443}. */
public record ListenAddress(String address, int port) {
  private static final int PORT_LIMIT = 65_535;

  /**
   * Parses {@code ADDRESS:PORT}; an IPv6 address stands in brackets, port 0 lets the system choose.
   *
   * @throws IllegalArgumentException when it has another form
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String address = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = address.startsWith("[") && address.endsWith("]");
    if (bracketed) {
      address = address.substring(1, address.length() - 1);
    }
    if (address.isEmpty() || address.contains(":") != bracketed) {
      throw new IllegalArgumentException("'" + text + "' is not ADDRESS:PORT");
    }
    int port = Integer.parseInt(text.substring(colon + 1));
    if (port < 0 || port > PORT_LIMIT) {
      throw new IllegalArgumentException("port " + port + " is not within 0 to " + PORT_LIMIT);
    }
    return new ListenAddress(address, port);
  }

  /** Resolves the address; an unknown name gives an unresolved one. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(address, port);
  }

  /** Whether only this machine can reach it. */
  public boolean isLoopback() {
    InetSocketAddress resolved = toSocketAddress();
    return !resolved.isUnresolved() && resolved.getAddress().isLoopbackAddress();
  }

  @Override
  public String toString() {
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
  }
}
