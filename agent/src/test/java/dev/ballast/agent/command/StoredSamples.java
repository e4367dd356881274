package dev.ballast.agent.command;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An image, and what it is fetched from. */
final class StoredSamples {
  static final String TEXT = "an image";
  static final String NAME = "debian";
  static final ImageFile IMAGE =
      new ImageFile(NAME, new Content("raw", digest(TEXT), "file:///elsewhere"));

  private StoredSamples() {}

  static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The image as the host can fetch it. */
  static ImageFile image(FakeHost host) {
    return new ImageFile(
        NAME, new Content("raw", digest(TEXT), "file://" + host.path("source.raw")));
  }

  static void source(FakeHost host) {
    try {
      if (!Files.exists(host.path("source.raw"))) {
        host.put("source.raw", TEXT);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void sourceAndFailure(LedgerHost host) {
    source(host);
    host.addGuest("web", "c".repeat(64), true);
    host.libvirt.refuses = "pin 0";
  }

  /** The host has the image already, from the same source wherever the host's files lie. */
  static void fetched(LedgerHost host) {
    try {
      if (host.isFirstLife()) {
        host.put("images/debian.raw", TEXT);
        long modified = Files.getLastModifiedTime(host.path("images/debian.raw")).toMillis();
        host.put(
            "images/.debian.raw.ballast",
            "name debian\nformat raw\nsource file:///elsewhere\nid "
                + digest(TEXT).substring(7, 19)
                + "\ndigest "
                + digest(TEXT)
                + "\nsize "
                + TEXT.length()
                + "\nmodified "
                + modified
                + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of the host as it will be called where the command is carried out. */
  private static String path(LedgerHost host, String file) {
    return host.path("../host/" + file).normalize().toString();
  }

  /** The host has a volume of 1 MiB. */
  static void volume(LedgerHost host) {
    putOnce(host, "volumes/web-vda.raw", "\0".repeat(1 << 20));
    putOnce(host, "volumes/.web-vda.raw.ballast", "format raw\nkind BLANK\nowner web\nid 1\n");
  }

  static VolumeFile volumeOf(LedgerHost host) {
    return new VolumeFile(
        path(host, "volumes/web-vda.raw"),
        new VolumeFile.Content(
            "raw",
            new VolumeSource(Optional.empty(), VolumeSource.Kind.BLANK, 1 << 20),
            new VmName("web"),
            1));
  }

  /** Two files lie in the trash. */
  static void trash(LedgerHost host) {
    for (int id = 1; id <= 2; id++) {
      putOnce(host, "volumes/.trash/" + id + "-web-vda.raw", "data");
      putOnce(
          host,
          "volumes/.trash/." + id + "-web-vda.raw.ballast",
          "format raw\nkind BLANK\nowner web\ntrashed 7\nid " + id + "\n");
    }
  }

  static Trash trashOf(LedgerHost host) {
    SortedMap<String, Trash.Discarded> files = new TreeMap<>();
    for (int id = 1; id <= 2; id++) {
      files.put(
          path(host, "volumes/.trash/" + id + "-web-vda.raw"),
          new Trash.Discarded("volume of web", 4, 7));
    }
    return new Trash(files);
  }

  private static void putOnce(LedgerHost host, String file, String text) {
    try {
      if (host.isFirstLife()) {
        host.put(file, text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static HostSetting found(FakeHost host) {
    return host.settings().get(IMAGE.key());
  }
}
