package dev.ballast.core.spec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Reads specifications from YAML and tells every fault of all files in one run. */
public final class SpecParser {
  /** A file has at most so many bytes. */
  public static final int FILE_BYTES_LIMIT = 1 << 20;

  /** At most so many files are read in one run. */
  public static final int FILE_LIMIT = 10_000;

  /** At most so many VMs are read in one run. */
  public static final int VM_LIMIT = 20_000;

  /** At most so many networks are read in one run. */
  public static final int NETWORK_LIMIT = 1_000;

  /** At most so many images are read in one run. */
  public static final int IMAGE_LIMIT = 1_000;

  /** A value has at most so many characters. */
  static final int TEXT_LIMIT = 4_096;

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int UNDECODABLE = 0xFFFD;

  private static final String MIGRATING_CACHE = "none";
  private static final String ALONE_CACHE = "writethrough";

  private final String cluster;
  private final String defaultCache;
  private final Faults faults = new Faults();
  private final Duplicates duplicates = new Duplicates(faults);
  private final List<LocatedVm> vms = new ArrayList<>();
  private final List<LocatedNetwork> networks = new ArrayList<>();
  private final List<LocatedImage> images = new ArrayList<>();
  private final List<LocatedLibvirtNetwork> libvirtNetworks = new ArrayList<>();

  /**
   * The cache mode of a cluster of so many hosts: between hosts that migrate VMs the page cache of
   * one is no place for what the other reads; a host by itself may read through it, and writes
   * through it, because its power fails too.
   */
  public static String defaultCache(int hosts) {
    return hosts == 1 ? ALONE_CACHE : MIGRATING_CACHE;
  }

  private SpecParser(String cluster, String defaultCache) {
    this.defaultCache = defaultCache;
    this.cluster = cluster;
  }

  /**
   * Reads all documents of all files.
   *
   * @param cluster the cluster's UUID, from which MAC addresses that are not written are derived
   */
  public static SpecResult parse(List<SourceFile> files, String cluster) {
    return parse(files, cluster, MIGRATING_CACHE);
  }

  /**
   * As the other.
   *
   * @param defaultCache the cache mode of disks that name none, see {@link #defaultCache}
   */
  public static SpecResult parse(List<SourceFile> files, String cluster, String defaultCache) {
    SpecParser parser = new SpecParser(cluster, defaultCache);
    parser.readAll(files);
    return new SpecResult(
        parser.vms, parser.networks, parser.images, parser.libvirtNetworks, parser.faults.sorted());
  }

  // By path, so that of two equal names the same one is called the second in every run.
  private void readAll(List<SourceFile> files) {
    if (files.size() > FILE_LIMIT) {
      faults.add(
          start(files.get(FILE_LIMIT)),
          files.size() + " files are more than the " + FILE_LIMIT + " read in one run",
          "apply them in parts");
      return;
    }
    for (SourceFile file : files.stream().sorted(Comparator.comparing(SourceFile::path)).toList()) {
      if (!read(file)) {
        return;
      }
    }
  }

  private boolean read(SourceFile file) {
    Optional<String> text = text(file);
    if (text.isEmpty()) {
      return true;
    }
    long faultsBefore = faults.count();
    List<YamlNode> documents = new YamlReader(file, text.get(), faults).documents();
    if (documents.isEmpty() && faults.count() == faultsBefore) {
      faults.add(
          start(file), "the file holds no VM, network or image", "write one, or remove the file");
    }
    for (YamlNode document : documents) {
      if (vms.size() == VM_LIMIT) {
        faults.add(
            document.at(),
            "more than the " + VM_LIMIT + " VMs that are read in one run",
            "apply them in parts");
        return false;
      }
      if (LibvirtNetworkReader.isLibvirtNetwork(document)) {
        if (!libvirtNetwork(document)) {
          return false;
        }
      } else if (ImageReader.isImage(document)) {
        if (!image(document)) {
          return false;
        }
      } else if (NetworkReader.isNetwork(document)) {
        if (!network(document)) {
          return false;
        }
      } else {
        new VmReader(cluster, defaultCache, faults, duplicates).read(document).ifPresent(vms::add);
      }
    }
    return true;
  }

  private boolean image(YamlNode document) {
    if (images.size() == IMAGE_LIMIT) {
      faults.add(
          document.at(),
          "more than the " + IMAGE_LIMIT + " images that are read in one run",
          "apply them in parts");
      return false;
    }
    new ImageReader(faults, duplicates).read(document).ifPresent(images::add);
    return true;
  }

  private boolean libvirtNetwork(YamlNode document) {
    if (libvirtNetworks.size() == NETWORK_LIMIT) {
      faults.add(
          document.at(),
          "more than the " + NETWORK_LIMIT + " networks of libvirt that are read in one run",
          "apply them in parts");
      return false;
    }
    new LibvirtNetworkReader(faults, duplicates).read(document).ifPresent(libvirtNetworks::add);
    return true;
  }

  private boolean network(YamlNode document) {
    if (networks.size() == NETWORK_LIMIT) {
      faults.add(
          document.at(),
          "more than the " + NETWORK_LIMIT + " networks that are read in one run",
          "apply them in parts");
      return false;
    }
    new NetworkReader(faults, duplicates).read(document).ifPresent(networks::add);
    return true;
  }

  private Optional<String> text(SourceFile file) {
    String content = file.content();
    if (content.length() > FILE_BYTES_LIMIT
        || content.getBytes(StandardCharsets.UTF_8).length > FILE_BYTES_LIMIT) {
      faults.add(start(file), "the file has more than " + FILE_BYTES_LIMIT + " bytes", "split it");
      return Optional.empty();
    }
    String text =
        !content.isEmpty() && content.charAt(0) == BYTE_ORDER_MARK ? content.substring(1) : content;
    return isText(file, text) ? Optional.of(text) : Optional.empty();
  }

  private boolean isText(SourceFile file, String text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      Location at = new Location(file.path(), line, column);
      if (c == UNDECODABLE) {
        faults.add(at, "these bytes are not UTF-8 text", "save the file as UTF-8");
        return false;
      }
      if (!StreamReader.isPrintable(c)) {
        faults.add(
            at, "character " + Quoted.name(c) + " has no place in YAML", "is this a text file?");
        return false;
      }
      line = c == '\n' ? line + 1 : line;
      column = c == '\n' ? 1 : column + 1;
      i += Character.charCount(c);
    }
    return true;
  }

  private static Location start(SourceFile file) {
    return new Location(file.path(), 1, 1);
  }
}
