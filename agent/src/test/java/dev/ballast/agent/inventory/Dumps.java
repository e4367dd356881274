package dev.ballast.agent.inventory;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/** The committed dumps of real machines' /sys and /proc. */
final class Dumps {
  private static final Path FOLDER = Path.of("src/test/resources/topologies");

  /** Devices, idle states and statistics make most of a dump and hold no topology. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "^[^/]+/(proc/|sys/kernel/mm/|sys/devices/system/(cpu/([^/]+/?$|cpu\\d+/(topology|cache)/)"
              + "|node/([^/]+/?$|node\\d+/(cpu|meminfo|distance|hugepages))))");

  private Dumps() {}

  static List<String> names() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.substring(0, name.length() - ".json".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path expected(String name) {
    return FOLDER.resolve(name + ".json");
  }

  /** Unpacks the dump and returns the folder that holds proc/ and sys/. */
  static Path unpack(String name, Path into) throws IOException {
    Path top = into;
    try (InputStream file = Files.newInputStream(FOLDER.resolve(name + ".tar.bz2"));
        TarArchiveInputStream tar =
            new TarArchiveInputStream(
                new BufferedInputStream(
                    new BZip2CompressorInputStream(new BufferedInputStream(file))))) {
      TarArchiveEntry entry = tar.getNextEntry();
      top = into.resolve(Objects.requireNonNull(entry, name).getName().split("/", 2)[0]);
      for (; entry != null; entry = tar.getNextEntry()) {
        if (NEEDED.matcher(entry.getName()).find()) {
          unpackEntry(tar, entry, into);
        }
      }
    }
    return top;
  }

  private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path into)
      throws IOException {
    Path target = into.resolve(entry.getName()).normalize();
    if (!target.startsWith(into)) {
      throw new IOException(entry.getName() + " leaves the folder");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(Objects.requireNonNull(target.getParent()));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isFile()) {
      Files.copy(tar, target);
    }
  }
}
