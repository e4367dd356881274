package dev.ballast.agent.command;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.VmName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The local deny-list: a file that {@code ballast-agent freeze} writes and the running agent reads
 * before each action. A file that cannot be read freezes the whole host.
 *
 * <p>One line each: {@code host}, or {@code vm NAME}; behind a tab the reason.
 */
public final class FreezeList {
  /** The longest file that is read. */
  static final long LENGTH_LIMIT_BYTES = 1 << 20;

  private static final String HOST = "host";
  private static final String VM = "vm ";

  private final Path file;

  public FreezeList(Path stateDirectory) {
    this.file = stateDirectory.resolve("freeze");
  }

  /**
   * What is frozen.
   *
   * @param host the reason, when the whole host is
   * @param vms the reason by VM
   */
  public record Frozen(Optional<String> host, SortedMap<VmName, String> vms) {
    public static final Frozen NOTHING = new Frozen(Optional.empty(), new TreeMap<>());

    /** Why that object may not be changed. */
    public Optional<String> holds(ObjectKey object) {
      if (host.isPresent()) {
        return Optional.of("this host is frozen" + because(host.get()));
      }
      return vms.entrySet().stream()
          .filter(entry -> ObjectKey.domain(entry.getKey()).equals(object))
          .findAny()
          .map(entry -> entry.getKey() + " is frozen" + because(entry.getValue()));
    }

    private static String because(String reason) {
      return reason.isEmpty() ? "" : ": " + reason;
    }

    public SortedSet<VmName> vmNames() {
      return new TreeSet<>(vms.keySet());
    }
  }

  /** What is frozen now. */
  public Frozen read() {
    try {
      return parse();
    } catch (NoSuchFileException e) {
      return Frozen.NOTHING;
    } catch (IOException | IllegalArgumentException e) {
      return new Frozen(
          Optional.of(file + " cannot be read (" + e.getMessage() + "): repair or remove it"),
          new TreeMap<>());
    }
  }

  private Frozen parse() throws IOException {
    if (Files.size(file) > LENGTH_LIMIT_BYTES) {
      throw new IOException("longer than " + LENGTH_LIMIT_BYTES + " bytes");
    }
    Optional<String> host = Optional.empty();
    SortedMap<VmName, String> vms = new TreeMap<>();
    for (String line : Files.readString(file).lines().toList()) {
      int tab = line.indexOf('\t');
      String what = (tab < 0 ? line : line.substring(0, tab)).strip();
      String reason = tab < 0 ? "" : line.substring(tab + 1).strip();
      if (what.equals(HOST)) {
        host = Optional.of(reason);
      } else if (what.startsWith(VM)) {
        vms.put(new VmName(what.substring(VM.length()).strip()), reason);
      } else if (!what.isEmpty()) {
        throw new IOException("the line '" + line + "' is neither 'host' nor 'vm NAME'");
      }
    }
    return new Frozen(host, vms);
  }

  /** Freezes the host, or one VM on it. */
  public void freeze(Optional<VmName> vm, String reason) throws IOException {
    String text = reason.replaceAll("\\s+", " ").strip();
    change(
        vm.isPresent()
            ? frozen -> new Frozen(frozen.host(), with(frozen.vms(), vm.get(), text))
            : frozen -> new Frozen(Optional.of(text), frozen.vms()));
  }

  /** Ends the freeze of the host, or of one VM; the other entries stay. */
  public void unfreeze(Optional<VmName> vm) throws IOException {
    change(
        vm.isPresent()
            ? frozen -> new Frozen(frozen.host(), without(frozen.vms(), vm.get()))
            : frozen -> new Frozen(Optional.empty(), frozen.vms()));
  }

  private static SortedMap<VmName, String> with(
      SortedMap<VmName, String> vms, VmName vm, String reason) {
    SortedMap<VmName, String> all = new TreeMap<>(vms);
    all.put(vm, reason);
    return all;
  }

  private static SortedMap<VmName, String> without(SortedMap<VmName, String> vms, VmName vm) {
    SortedMap<VmName, String> all = new TreeMap<>(vms);
    all.remove(vm);
    return all;
  }

  @FunctionalInterface
  private interface Change {
    Frozen of(Frozen frozen);
  }

  private void change(Change change) throws IOException {
    Path lock = file.resolveSibling("freeze.lock");
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      Frozen now;
      try {
        now = parse();
      } catch (NoSuchFileException e) {
        now = Frozen.NOTHING;
      }
      write(change.of(now));
    }
  }

  private void write(Frozen frozen) throws IOException {
    List<String> lines = new ArrayList<>();
    frozen.host().ifPresent(reason -> lines.add(HOST + "\t" + reason));
    frozen.vms().forEach((vm, reason) -> lines.add(VM + vm + "\t" + reason));
    Path fresh = file.resolveSibling("freeze.new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes =
          StandardCharsets.UTF_8.encode(String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
