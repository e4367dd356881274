package dev.ballast.agent.config;

import dev.ballast.agent.host.storage.StoreSettings;
import dev.ballast.agent.telemetry.SpikeSettings;
import dev.ballast.core.model.DeviceMatch;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.settings.Settings;
import dev.ballast.core.settings.SettingsException;
import dev.ballast.wire.TlsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What {@code agent.yaml} says.
 *
 * @param traits the host's labels and taints
 * @param devicePools the PCI devices that guests are given, by the pool's name
 * @param capacityCgroup the cgroup whose limit is the host's capacity; only a lab sets it
 * @param tls absent with {@code plaintext}, which is only allowed towards a loopback address
 * @param observeOnly whether every command is refused
 * @param migration how VMs migrate; absent where they do not
 * @param sweepIntervalMillis how often the whole host is observed without any event
 * @param guestClockIntervalMillis how often guests' agents are asked for the time
 * @param metrics where Prometheus may ask; absent for nowhere
 * @param storage where images are kept
 */
public record AgentConfig(
    HostName host,
    HostTraits traits,
    SortedMap<String, List<DeviceMatch>> devicePools,
    Optional<String> capacityCgroup,
    Endpoint coordinator,
    Optional<TlsFiles> tls,
    Path stateDir,
    boolean observeOnly,
    String libvirtUri,
    long libvirtTimeoutMillis,
    Optional<Migration> migration,
    long telemetryIntervalMillis,
    long sweepIntervalMillis,
    long guestClockIntervalMillis,
    SpikeSettings spike,
    Optional<Endpoint> metrics,
    Roots roots,
    StoreSettings storage) {
  public static final Path DEFAULT_STATE_DIR = Path.of("/var/lib/ballast/agent");
  public static final int DEFAULT_PORT = 7443;

  /** A host has at most so many labels, and so many taints. */
  public static final int LABEL_LIMIT = 64;

  /** Volumes lie in at most so many directories. */
  public static final int DIRECTORY_LIMIT = 16;

  private static final Pattern DIRECTORY = Pattern.compile("(/[A-Za-z0-9._-]+)+");
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");

  private static final Pattern POOL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

  /** The port that the documentation proposes for metrics. */
  public static final int DEFAULT_METRICS_PORT = 9743;

  /**
   * How VMs migrate to and from this host.
   *
   * @param uri this host's libvirt as other hosts reach it
   * @param tls whether the memory of guests that leave crosses the network encrypted
   * @param unsafe whether libvirt's check for shared storage is left out; only in a lab
   */
  public record Migration(String uri, boolean tls, boolean unsafe) {
    /** A libvirt of another host, not one's own. */
    private static final Pattern FORM =
        Pattern.compile("qemu\\+[a-z0-9]+://(?!localhost|127\\.)[^/\\s]+/system(\\?\\S*)?");

    private static String uri(String text) {
      if (!FORM.matcher(text).matches()) {
        throw new IllegalArgumentException(text);
      }
      return text;
    }
  }

  /** Where the kernel's and libvirt's files are. */
  public record Roots(Path proc, Path sys, Path run) {
    public static final Roots DEFAULT =
        new Roots(Path.of("/proc"), Path.of("/sys"), Path.of("/run"));
  }

  /**
   * Reads the file.
   *
   * @throws SettingsException naming the file and all its faults
   */
  public static AgentConfig load(Path file) throws SettingsException {
    try {
      if (Files.size(file) > Settings.FILE_CHARACTERS_LIMIT) {
        throw new SettingsException(
            List.of(file + ": is larger than " + Settings.FILE_CHARACTERS_LIMIT + " bytes"));
      }
      return parse(file, Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new SettingsException(
          List.of(
              file
                  + ": cannot be read ("
                  + e
                  + "); 'ballast-coordinator init' makes one for each host, --config names it"));
    }
  }

  /**
   * Reads the text of a file.
   *
   * @throws SettingsException naming all its faults
   */
  public static AgentConfig parse(Path file, String text) throws SettingsException {
    Settings settings = Settings.parse(file, text);
    Settings host = settings.section("host");
    Settings libvirt = settings.section("libvirt");
    Settings telemetry = settings.section("telemetry");
    Endpoint coordinator =
        settings.value(
            "coordinator",
            new Endpoint("localhost", DEFAULT_PORT),
            Endpoint::parse,
            "HOST:PORT, for example coordinator.example:7443");
    AgentConfig config =
        new AgentConfig(
            name(host),
            traits(host),
            devicePools(host),
            host.has("capacityCgroup")
                ? Optional.of(host.text("capacityCgroup", ""))
                : known(host, "capacityCgroup"),
            coordinator,
            tls(settings, coordinator),
            settings.path("stateDir", DEFAULT_STATE_DIR),
            settings.flag("observeOnly", false),
            libvirt.text("uri", "qemu:///system"),
            libvirt.number("timeoutMillis", 10_000, 100, 600_000),
            migration(settings),
            telemetry.number("intervalMillis", 1_000, 100, 60_000),
            telemetry.number("sweepMillis", 10_000, 1_000, 600_000),
            telemetry.number("guestClockMillis", 60_000, 1_000, 3_600_000),
            spike(settings),
            metrics(settings.section("metrics")),
            roots(settings.section("roots")),
            storage(settings.section("storage")));
    settings.check();
    return config;
  }

  private static Optional<Migration> migration(Settings settings) {
    Settings migration = settings.section("migration");
    boolean tls = migration.flag("tls", true);
    boolean unsafe = migration.flag("unsafe", false);
    String uri =
        migration.value(
            "uri", "", Migration::uri, "this host as others reach it: qemu+tls://HOST/system");
    if (!settings.has("migration")) {
      return Optional.empty();
    }
    if (!migration.has("uri")) {
      migration.requiredText("uri");
    }
    return Optional.of(new Migration(uri, tls, unsafe));
  }

  private static HostTraits traits(Settings host) {
    return new HostTraits(
        host.texts("labels", LABEL, LABEL_LIMIT), host.words("taints", LABEL, LABEL_LIMIT));
  }

  private static SortedMap<String, List<DeviceMatch>> devicePools(Settings host) {
    SortedMap<String, List<DeviceMatch>> pools = new TreeMap<>();
    host.texts("devices", POOL, LABEL_LIMIT)
        .forEach(
            (pool, text) -> {
              try {
                pools.put(pool, DeviceMatch.parse(text));
              } catch (IllegalArgumentException e) {
                host.fault("devices", "pool " + pool + ": " + e.getMessage());
              }
            });
    return pools;
  }

  private static HostName name(Settings host) {
    host.requiredText("name");
    return host.value("name", new HostName("unnamed"), HostName::new, "a host name");
  }

  private static Optional<String> known(Settings section, String key) {
    section.text(key, "");
    return Optional.empty();
  }

  private static Optional<TlsFiles> tls(Settings settings, Endpoint coordinator) {
    boolean plaintext = settings.flag("plaintext", false);
    Settings tls = settings.section("tls");
    TlsFiles files =
        new TlsFiles(
            tls.path("ca", settings.besides(Path.of("ca.crt"))),
            tls.path("cert", settings.besides(Path.of("host.crt"))),
            tls.path("key", settings.besides(Path.of("host.key"))));
    if (!plaintext) {
      return Optional.of(files);
    }
    if (!coordinator.isLoopback()) {
      settings.fault(
          "plaintext",
          "only towards a loopback address, but 'coordinator' is " + coordinator + "; use tls");
    }
    return Optional.empty();
  }

  private static SpikeSettings spike(Settings settings) {
    Settings spike = settings.section("spike");
    long threshold = spike.number("thresholdPercent", 90, 1, 1_000);
    long clear = spike.number("clearPercent", 75, 1, 1_000);
    long holdMillis = spike.number("holdMillis", 3_000, 0, 600_000);
    long repeatMillis = spike.number("repeatMillis", 30_000, 1_000, 3_600_000);
    if (clear > threshold) {
      spike.fault("clearPercent", "must not be above thresholdPercent (" + threshold + ")");
      return SpikeSettings.DEFAULT;
    }
    return new SpikeSettings(threshold * 10, clear * 10, holdMillis, repeatMillis);
  }

  private static Optional<Endpoint> metrics(Settings metrics) {
    Endpoint absent = new Endpoint("127.0.0.1", DEFAULT_METRICS_PORT);
    Endpoint listen =
        metrics.value("listen", absent, Endpoint::parse, "ADDRESS:PORT, for example " + absent);
    return metrics.has("listen") ? Optional.of(listen) : Optional.empty();
  }

  private static StoreSettings storage(Settings storage) {
    return new StoreSettings(
        storage.path("images", StoreSettings.DEFAULT_IMAGES),
        storage.number(
            "imageLimitBytes", StoreSettings.DEFAULT_IMAGE_LIMIT_BYTES, 1, Long.MAX_VALUE),
        pools(storage),
        Math.toIntExact(
            storage.number(
                "thinHighWaterPercent", StoreSettings.DEFAULT_THIN_HIGH_WATER_PERCENT, 1, 100)));
  }

  private static List<Path> pools(Settings storage) {
    SortedSet<String> pools = storage.words("pools", DIRECTORY, DIRECTORY_LIMIT);
    return pools.isEmpty() ? StoreSettings.DEFAULT.pools() : pools.stream().map(Path::of).toList();
  }

  private static Roots roots(Settings roots) {
    return new Roots(
        roots.path("proc", Roots.DEFAULT.proc()),
        roots.path("sys", Roots.DEFAULT.sys()),
        roots.path("run", Roots.DEFAULT.run()));
  }
}
