package dev.ballast.agent.host.libvirt;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over the parts of a domain's XML that are configuration: elements in their order with
 * namespace and local name, attributes in sorted order, text without surrounding white space. Left
 * out are the pins of vCPUs and emulator (an action of their own), aliases and ids (of a running
 * domain), the agent's own mark, and {@code <cputune>} and {@code <metadata>} when nothing else is
 * in them.
 */
final class ConfigDigest {
  private static final Set<String> LEFT_OUT =
      Set.of("/domain/cputune/vcpupin", "/domain/cputune/emulatorpin");

  private static final Set<String> LEFT_OUT_WHEN_EMPTY =
      Set.of("/domain/cputune", "/domain/metadata");

  private final MessageDigest sha = sha256();
  private final StringBuilder text = new StringBuilder();
  private final Deque<String> held = new ArrayDeque<>();
  private int skipped;

  /** Whether each open element was written, innermost first. */
  private final Deque<Boolean> written = new ArrayDeque<>();

  void start(XMLStreamReader reader, String path) {
    flushText();
    if (skipped > 0 || isLeftOut(reader, path)) {
      skipped++;
      return;
    }
    String open = open(reader, path);
    if (LEFT_OUT_WHEN_EMPTY.contains(path)) {
      held.push(open);
      written.push(false);
      return;
    }
    writeHeld();
    put(open);
    written.push(true);
  }

  private static boolean isLeftOut(XMLStreamReader reader, String path) {
    return LEFT_OUT.contains(path)
        || (reader.getLocalName().equals("alias") && path.startsWith("/domain/devices/"))
        || DomainXml.DEFINED_NAMESPACE.equals(reader.getNamespaceURI());
  }

  private static String open(XMLStreamReader reader, String path) {
    SortedMap<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String name = name(reader.getAttributeNamespace(i), reader.getAttributeLocalName(i));
      if (!(path.equals("/domain") && name.equals("id"))) {
        attributes.put(name, reader.getAttributeValue(i));
      }
    }
    StringBuilder open = new StringBuilder("<");
    open.append(name(reader.getNamespaceURI(), reader.getLocalName()));
    attributes.forEach(
        (name, value) ->
            open.append('\n')
                .append(name)
                .append('=')
                .append(value.length())
                .append(':')
                .append(value));
    return open.toString();
  }

  private static String name(@Nullable String namespace, String local) {
    return namespace == null || namespace.isEmpty() ? local : "{" + namespace + "}" + local;
  }

  void text(String part) {
    if (skipped == 0) {
      text.append(part);
    }
  }

  void end() {
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

  String hex() {
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
