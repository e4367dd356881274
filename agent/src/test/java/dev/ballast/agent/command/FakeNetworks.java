package dev.ballast.agent.command;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.NetworkCalls;
import dev.ballast.agent.host.libvirt.NetworkRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Networks of libvirt in files, so that they outlive the process. */
final class FakeNetworks implements NetworkCalls, NetworkCalls.Writer {
  private static final Pattern NAME = Pattern.compile("<name>([^<]*)</name>");
  private static final Pattern UUID = Pattern.compile("<uuid>([^<]*)</uuid>");

  private final Path directory;

  FakeNetworks(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<NetworkRow> networks() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<NetworkRow> rows = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
        String xml = Files.readString(file);
        String name = first(NAME, xml);
        rows.add(
            new NetworkRow(
                name,
                first(UUID, xml),
                xml,
                Files.exists(mark(name, "active")),
                true,
                Files.exists(mark(name, "autostart"))));
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String first(Pattern pattern, String xml) {
    Matcher matcher = pattern.matcher(xml);
    return matcher.find() ? matcher.group(1) : "";
  }

  private Path mark(String name, String what) {
    return directory.resolve(name + "." + what);
  }

  @Override
  public void define(String xml) {
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve(first(NAME, xml) + ".xml"), xml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void mark(String name, String what, boolean on) {
    try {
      if (on) {
        Files.writeString(mark(name, what), "");
      } else {
        Files.deleteIfExists(mark(name, what));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void create(String name) throws LibvirtFault {
    if (Files.exists(mark(name, "active"))) {
      throw new LibvirtFault.Refused("network " + name + " is active");
    }
    mark(name, "active", true);
  }

  @Override
  public void setAutostart(String name, boolean autostart) {
    mark(name, "autostart", autostart);
  }

  @Override
  public void destroy(String name) {
    mark(name, "active", false);
  }

  @Override
  public void undefine(String name) {
    mark(name, "autostart", false);
    mark(name, "xml", false);
  }
}
