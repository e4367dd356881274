package dev.ballast.core.definition;

import dev.ballast.core.model.DiskRate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over the parts of a domain's XML that are configuration: elements in their order with
 * namespace and local name, attributes in sorted order, text without surrounding white space. Left
 * out are pins and limits (each an action of their own), aliases and ids (of a running domain), the
 * agent's own mark, and what is empty without these ({@code <cputune>}, {@code <metadata>} and so
 * on).
 */
public final class ConfigDigest {
  /** The namespace of the mark that the agent leaves after it defined a domain. */
  public static final String DEFINED_NAMESPACE = "https://ballast.dev/xmlns/defined/1";

  private static final Set<String> LEFT_OUT = leftOut();

  private static Set<String> leftOut() {
    Set<String> paths =
        new HashSet<>(
            List.of(
                "/domain/currentMemory",
                "/domain/blkiotune/weight",
                "/domain/memtune/hard_limit",
                "/domain/memtune/soft_limit",
                "/domain/memtune/swap_hard_limit",
                "/domain/cputune/vcpupin",
                "/domain/cputune/emulatorpin",
                "/domain/cputune/iothreadpin",
                "/domain/numatune/memory",
                "/domain/cputune/shares",
                "/domain/devices/interface/bandwidth/inbound",
                "/domain/devices/interface/bandwidth/outbound"));
    for (String threads : new String[] {"", "global_", "emulator_", "iothread_"}) {
      paths.add("/domain/cputune/" + threads + "period");
      paths.add("/domain/cputune/" + threads + "quota");
    }
    for (DiskRate rate : DiskRate.values()) {
      paths.add("/domain/devices/disk/iotune/" + rate.element());
      paths.add("/domain/devices/disk/iotune/" + rate.burstElement());
      paths.add("/domain/devices/disk/iotune/" + rate.secondsElement());
    }
    return Set.copyOf(paths);
  }

  private static final Set<String> LEFT_OUT_WHEN_EMPTY =
      Set.of(
          "/domain/blkiotune",
          "/domain/cputune",
          "/domain/memtune",
          "/domain/numatune",
          "/domain/metadata",
          "/domain/devices/disk/iotune",
          "/domain/devices/interface/bandwidth");

  /** Whether an element of that path is a limit, which is left out. */
  static boolean isLimit(String path) {
    return LEFT_OUT.contains(path)
        && !path.endsWith("pin")
        && !path.startsWith("/domain/numatune/")
        && !path.equals("/domain/currentMemory");
  }

  private final MessageDigest sha = sha256();
  private final StringBuilder text = new StringBuilder();
  private final Deque<String> held = new ArrayDeque<>();
  private int skipped;

  /** Whether each open element was written, innermost first. */
  private final Deque<Boolean> written = new ArrayDeque<>();

  /**
   * An element begins.
   *
   * @param path the local names from the root, each after a slash
   * @param attributes by {@link #name}
   */
  public void start(
      String path, @Nullable String namespace, String local, SortedMap<String, String> attributes) {
    flushText();
    if (skipped > 0 || isLeftOut(path, namespace, local)) {
      skipped++;
      return;
    }
    String open = open(path, name(namespace, local), attributes);
    if (LEFT_OUT_WHEN_EMPTY.contains(path)) {
      held.push(open);
      written.push(false);
      return;
    }
    writeHeld();
    put(open);
    written.push(true);
  }

  private static boolean isLeftOut(String path, @Nullable String namespace, String local) {
    return LEFT_OUT.contains(path)
        || (local.equals("alias") && path.startsWith("/domain/devices/"))
        || DEFINED_NAMESPACE.equals(namespace);
  }

  private static String open(String path, String name, SortedMap<String, String> attributes) {
    StringBuilder open = new StringBuilder("<").append(name);
    attributes.forEach(
        (attribute, value) -> {
          if (!(path.equals("/domain") && attribute.equals("id"))) {
            open.append('\n')
                .append(attribute)
                .append('=')
                .append(value.length())
                .append(':')
                .append(value);
          }
        });
    return open.toString();
  }

  /** A name that tells namespaces apart. */
  public static String name(@Nullable String namespace, String local) {
    return namespace == null || namespace.isEmpty() ? local : "{" + namespace + "}" + local;
  }

  /** Text within the element that began last. */
  public void text(String part) {
    if (skipped == 0) {
      text.append(part);
    }
  }

  /** The element that began last ends. */
  public void end() {
    flushText();
    if (skipped > 0) {
      skipped--;
      return;
    }
    if (written.pop()) {
      put(">");
    } else {
      held.pop();
    }
  }

  private void flushText() {
    String stripped = text.toString().strip();
    text.setLength(0);
    if (!stripped.isEmpty() && skipped == 0) {
      writeHeld();
      put("=" + stripped);
    }
  }

  /** An element that was held back turns out not to be empty. */
  private void writeHeld() {
    if (!held.isEmpty()) {
      put(held.pop());
      written.pop();
      written.push(true);
    }
  }

  private void put(String token) {
    byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
    sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    sha.update(bytes);
  }

  /** The digest, once the root has ended. */
  public String hex() {
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
