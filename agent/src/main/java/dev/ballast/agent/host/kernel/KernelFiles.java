package dev.ballast.agent.host.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads files of /proc and /sys below a root. Nothing here throws on what a file holds or on its
 * absence: what cannot be read is absent. Reads and listings are bounded.
 */
public final class KernelFiles {
  /** The longest text taken from one file; what follows is not read. */
  public static final int READ_LIMIT_BYTES = 1 << 20;

  /** The most entries taken from one directory. */
  public static final int LIST_LIMIT = 65_536;

  private final Path root;
  private final Map<String, Path> mounts;

  /** Reads {@code root/proc}, {@code root/sys} and so on. */
  public KernelFiles(Path root) {
    this(root, Map.of());
  }

  /**
   * Reads below the root, except for the trees of {@code mounts}, which lie elsewhere.
   *
   * @param mounts from a name directly below the root ({@code proc}) to the directory to read
   *     instead
   */
  public KernelFiles(Path root, Map<String, Path> mounts) {
    this.root = root;
    this.mounts = Map.copyOf(mounts);
  }

  /** Where the file lies; {@code path} is absolute as the kernel names it. */
  public Path resolve(String path) {
    String relative = path.startsWith("/") ? path.substring(1) : path;
    int slash = relative.indexOf('/');
    String top = slash < 0 ? relative : relative.substring(0, slash);
    Path mount = mounts.get(top);
    if (mount == null) {
      return root.resolve(relative);
    }
    return slash < 0 ? mount : mount.resolve(relative.substring(slash + 1));
  }

  /** The file's text, cut at {@link #READ_LIMIT_BYTES}; absent when it cannot be read. */
  public Optional<String> read(String path) {
    return read(path, READ_LIMIT_BYTES);
  }

  /** The file's text, cut at {@code limitBytes}; absent when it cannot be read. */
  public Optional<String> read(String path, int limitBytes) {
    try {
      Path file = resolve(path);
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(file)) {
        // Latin-1 keeps every byte: no content, however odd, fails to decode.
        return Optional.of(new String(in.readNBytes(limitBytes), StandardCharsets.ISO_8859_1));
      }
    } catch (IOException | InvalidPathException | SecurityException e) {
      return Optional.empty();
    }
  }

  /** Opens the file for repeated reading; absent when it cannot be opened. */
  public Optional<OpenFile> open(String path) {
    try {
      return OpenFile.of(resolve(path));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The whole number that the file starts with, white space aside; absent when it has none. */
  public OptionalLong readLong(String path) {
    return read(path, 64).map(KernelFiles::leadingLong).orElseGet(OptionalLong::empty);
  }

  /** The names in the directory, in no order; none when it cannot be listed. */
  public List<String> list(String path) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(resolve(path))) {
      for (Path entry : entries) {
        if (names.size() == LIST_LIMIT) {
          break;
        }
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (IOException
        | DirectoryIteratorException
        | InvalidPathException
        | SecurityException e) {
      return List.copyOf(names);
    }
    return List.copyOf(names);
  }

  /** The last name in what the symbolic link says; absent when it is none. */
  public Optional<String> linkName(String path) {
    try {
      Path target = Files.readSymbolicLink(resolve(path)).getFileName();
      return Optional.ofNullable(target).map(Path::toString);
    } catch (IOException
        | InvalidPathException
        | UnsupportedOperationException
        | SecurityException e) {
      return Optional.empty();
    }
  }

  public boolean exists(String path) {
    try {
      return Files.exists(resolve(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** When the file or directory was last changed; absent when it is not there. */
  public Optional<FileTime> modified(String path) {
    try {
      return Optional.of(Files.getLastModifiedTime(resolve(path)));
    } catch (IOException | InvalidPathException | SecurityException e) {
      return Optional.empty();
    }
  }

  public boolean isDirectory(String path) {
    try {
      return Files.isDirectory(resolve(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The whole number that the text starts with, white space aside. */
  public static OptionalLong leadingLong(String text) {
    String stripped = text.strip();
    int end = stripped.startsWith("-") ? 1 : 0;
    while (end < stripped.length() && isDigit(stripped.charAt(end))) {
      end++;
    }
    try {
      return OptionalLong.of(Long.parseLong(stripped.substring(0, end)));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
