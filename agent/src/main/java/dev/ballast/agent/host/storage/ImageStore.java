package dev.ballast.agent.host.storage;

import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The images of the host. */
final class ImageStore {
  /** At most so many images are told of. */
  static final int LIMIT = 1_000;

  static final String NAME = "name";
  static final String FORMAT = "format";
  static final String DIGEST = "digest";
  static final String SOURCE = "source";
  static final String SIZE = "size";
  static final String MODIFIED = "modified";

  /** The digest that the file was found to have instead. */
  static final String DAMAGED = "damaged";

  private static final int ID_DIGITS = 12;

  private final Path directory;

  ImageStore(Path directory) {
    this.directory = directory;
  }

  /** All images by key. */
  SortedMap<String, ImageFile> read() {
    SortedMap<String, ImageFile> images = new TreeMap<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(directory, ".*" + Sidecar.SUFFIX)) {
      for (Path entry : entries) {
        Optional<ImageFile> image =
            Sidecar.dataName(String.valueOf(entry.getFileName()))
                .flatMap(name -> image(new Shelf(directory.resolve(name))));
        if (image.isPresent() && images.size() < LIMIT) {
          images.put(image.get().key(), image.get());
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // A store that is not there yet holds no images.
      return images;
    }
    return images;
  }

  /** The image of that name; absent content where there is none. */
  ImageFile read(String name) {
    for (String format : Formats.ALL) {
      Optional<ImageFile> found = image(shelf(name, format));
      if (found.isPresent()) {
        return found.get();
      }
    }
    return new ImageFile(name, Optional.empty());
  }

  Shelf shelf(String name, String format) {
    return new Shelf(directory.resolve(name + "." + format));
  }

  Path directory() {
    return directory;
  }

  private static Optional<ImageFile> image(Shelf shelf) {
    return shelf.entries().flatMap(entries -> image(shelf.data(), entries));
  }

  private static Optional<ImageFile> image(Path data, Map<String, String> entries) {
    try {
      boolean same =
          entries.getOrDefault(SIZE, "").equals(Long.toString(Files.size(data)))
              && entries.getOrDefault(MODIFIED, "").equals(modified(data))
              && !entries.containsKey(DAMAGED);
      return Optional.of(
          new ImageFile(
              entries.getOrDefault(NAME, ""),
              new Content(
                  entries.getOrDefault(FORMAT, ""),
                  same ? entries.getOrDefault(DIGEST, "") : ImageFile.EDITED,
                  entries.getOrDefault(SOURCE, ""))));
    } catch (IOException | IllegalArgumentException e) {
      // A sidecar that somebody edited makes no image.
      return Optional.empty();
    }
  }

  static String modified(Path data) throws IOException {
    return Long.toString(Files.getLastModifiedTime(data).toMillis());
  }

  /** Which of several images of one name it is. */
  static String id(Content content) {
    int digits = content.digest().indexOf(':') + 1;
    return content.digest().substring(digits, digits + ID_DIGITS);
  }
}
