package dev.ballast.agent.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A host, by name or address, and its TCP port. */
public record Endpoint(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9][A-Za-z0-9._-]*):([0-9]{1,5})");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

  /** Null when the text is no {@code HOST:PORT}; an IPv6 address stands in brackets. */
  static @Nullable Endpoint parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    int port = Integer.parseInt(form.group(2));
    return port >= 1 && port <= 65_535 ? new Endpoint(form.group(1), port) : null;
  }

  /** Whether packets to it never leave this machine. */
  public boolean isLoopback() {
    return LOOPBACK.matcher(host).matches();
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
