package dev.ballast.agent.host.storage;

import dev.ballast.core.model.ImageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads images whole and holds them against the digests that they were fetched by: a disk that
 * forgets changes neither length nor time of a file. What was found is written beside the image, so
 * that the running agent tells of a damaged one, and makes no disk from it, until it is found
 * whole.
 */
public final class ImageVerification {
  private static final int BUFFER_BYTES = 1 << 20;

  private final ImageStore images;

  public ImageVerification(StoreSettings settings) {
    this.images = new ImageStore(settings.images());
  }

  /**
   * One image.
   *
   * @param whole whether it is what was fetched
   * @param told for people: its digest, or what is wrong
   */
  public record Verified(String name, boolean whole, String told) {}

  /** All images by name, as long as reading them takes. */
  public List<Verified> run() {
    List<Verified> all = new ArrayList<>();
    for (ImageFile image : images.read().values()) {
      image
          .content()
          .ifPresent(
              content ->
                  all.add(verify(image.name(), images.shelf(image.name(), content.format()))));
    }
    return all;
  }

  private Verified verify(String name, Shelf shelf) {
    try {
      SortedMap<String, String> entries =
          new TreeMap<>(shelf.entries().orElseThrow(() -> new IOException("it is gone")));
      String wanted = entries.getOrDefault(ImageStore.DIGEST, "");
      String algorithm = wanted.substring(0, Math.max(0, wanted.indexOf(':')));
      String found = algorithm + ":" + digest(algorithm, shelf.data());
      boolean whole = found.equals(wanted);
      boolean marked = entries.containsKey(ImageStore.DAMAGED);
      if (whole && marked) {
        entries.remove(ImageStore.DAMAGED);
        Sidecar.write(shelf.data(), entries);
      } else if (!whole && !marked) {
        entries.put(ImageStore.DAMAGED, found);
        Sidecar.write(shelf.data(), entries);
      }
      return new Verified(
          name, whole, whole ? wanted : "has the digest " + found + ", was fetched with " + wanted);
    } catch (IOException e) {
      return new Verified(name, false, shelf.data() + " cannot be read: " + e.getMessage());
    }
  }

  private static String digest(String algorithm, Path file) throws IOException {
    MessageDigest digest = algorithm(algorithm);
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The algorithm of a digest such as {@code sha256:…}. */
  static MessageDigest algorithm(String name) throws IOException {
    try {
      return MessageDigest.getInstance(name.equals("sha512") ? "SHA-512" : "SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }
}
