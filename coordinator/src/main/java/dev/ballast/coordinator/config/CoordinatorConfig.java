package dev.ballast.coordinator.config;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.balance.KsmPolicy;
import dev.ballast.core.balance.MigrationPolicy;
import dev.ballast.core.balance.RebalanceSchedule;
import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.model.Automation;
import dev.ballast.core.planning.PlanningPolicy;
import dev.ballast.core.settings.Settings;
import dev.ballast.core.settings.SettingsException;
import dev.ballast.wire.TlsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code coordinator.yaml} says.
 *
 * @param tls absent with {@code plaintext}, which is only allowed on a loopback address
 * @param automation what Ballast may do by itself in a new cluster; later {@code ballast
 *     automation} decides
 * @param leaseMillis how long after its stamp a command may still start
 * @param metrics where Prometheus may ask; absent for nowhere
 * @param relief when and how far hot spots are relieved
 * @param planning how VMs are placed
 * @param schedule when the balancer rebalances by itself
 * @param ksm who decides about same-page merging
 */
public record CoordinatorConfig(
    ListenAddress listen,
    Path stateDir,
    Optional<TlsFiles> tls,
    Automation automation,
    long leaseMillis,
    long telemetryIntervalMillis,
    Optional<ListenAddress> metrics,
    ReliefPolicy relief,
    PlanningPolicy planning,
    RebalanceSchedule schedule,
    KsmPolicy ksm) {
  public static final String DEFAULT_LISTEN = "0.0.0.0:7443";

  /** What the documentation proposes for metrics. */
  public static final String PROPOSED_METRICS_LISTEN = "127.0.0.1:9744";

  public static final Path DEFAULT_STATE_DIR = Path.of("/var/lib/ballast/coordinator");
  public static final long DEFAULT_LEASE_MILLIS = 15_000;
  public static final long DEFAULT_TELEMETRY_INTERVAL_MILLIS = 1_000;

  // The contract's bounds for what Welcome carries.
  private static final long LEASE_MILLIS_LOWEST = 1_000;
  private static final long LEASE_MILLIS_HIGHEST = 600_000;
  private static final long INTERVAL_MILLIS_LOWEST = 100;
  private static final long INTERVAL_MILLIS_HIGHEST = 60_000;

  private static final long CPU_MILLIS = 1_000;
  private static final long GAIN_MILLIS_HIGHEST = 1_000_000;
  private static final long MOVES_HIGHEST = 1_000;
  private static final long PERCENT_HIGHEST = 100;
  private static final long DOWNTIME_MILLIS_HIGHEST = 60_000;
  private static final long REST_MILLIS_HIGHEST = 86_400_000;

  /**
   * Reads the file.
   *
   * @throws SettingsException naming the file and all its faults
   */
  public static CoordinatorConfig load(Path file) throws SettingsException {
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
                  + "); 'ballast-coordinator init' makes one, --config names another"));
    }
  }

  /**
   * Reads the text of a file.
   *
   * @throws SettingsException naming all its faults
   */
  public static CoordinatorConfig parse(Path file, String text) throws SettingsException {
    Settings settings = Settings.parse(file, text);
    ListenAddress listen =
        settings.value(
            "listen",
            ListenAddress.parse(DEFAULT_LISTEN),
            ListenAddress::parse,
            "ADDRESS:PORT, for example " + DEFAULT_LISTEN);
    ReliefPolicy relief = relief(settings);
    PlanningKeys.Read planning = PlanningKeys.read(settings, relief.migration());
    CoordinatorConfig config =
        new CoordinatorConfig(
            listen,
            settings.path("stateDir", DEFAULT_STATE_DIR),
            tls(settings, listen),
            settings.choice("automation", Automation.RECOMMEND),
            settings
                .section("lease")
                .number("millis", DEFAULT_LEASE_MILLIS, LEASE_MILLIS_LOWEST, LEASE_MILLIS_HIGHEST),
            settings
                .section("telemetry")
                .number(
                    "intervalMillis",
                    DEFAULT_TELEMETRY_INTERVAL_MILLIS,
                    INTERVAL_MILLIS_LOWEST,
                    INTERVAL_MILLIS_HIGHEST),
            metrics(settings.section("metrics")),
            relief,
            planning.policy(),
            planning.schedule(),
            PlanningKeys.ksm(settings.section("ksm")));
    settings.check();
    return config;
  }

  private static Optional<ListenAddress> metrics(Settings metrics) {
    ListenAddress listen =
        metrics.value(
            "listen",
            ListenAddress.parse(PROPOSED_METRICS_LISTEN),
            ListenAddress::parse,
            "ADDRESS:PORT, for example " + PROPOSED_METRICS_LISTEN);
    return metrics.has("listen") ? Optional.of(listen) : Optional.empty();
  }

  private static ReliefPolicy relief(Settings settings) {
    Settings relief = settings.section("relief");
    ReliefPolicy absent = ReliefPolicy.DEFAULT;
    long coolDownMillis =
        relief.number("coolDownMillis", absent.coolDownMillis(), 1, REST_MILLIS_HIGHEST);
    long coolDownMaxMillis =
        relief.number(
            "coolDownMaxMillis",
            Math.max(absent.coolDownMaxMillis(), coolDownMillis),
            1,
            REST_MILLIS_HIGHEST);
    if (coolDownMaxMillis < coolDownMillis) {
      relief.fault("coolDownMaxMillis", "must not be less than relief.coolDownMillis");
    }
    return new ReliefPolicy(
        relief.number("targetMillis", absent.targetMillis(), 1, CPU_MILLIS),
        relief.number("minGainMillis", absent.minGainMillis(), 1, GAIN_MILLIS_HIGHEST),
        relief.number("gainPerMoveMillis", absent.gainPerMoveMillis(), 1, GAIN_MILLIS_HIGHEST),
        (int) relief.number("maxMoves", absent.maxMoves(), 1, MOVES_HIGHEST),
        relief.number("holdMillis", absent.holdMillis(), 0, REST_MILLIS_HIGHEST),
        coolDownMillis,
        Math.max(coolDownMillis, coolDownMaxMillis),
        migration(relief.section("migration")));
  }

  private static MigrationPolicy migration(Settings settings) {
    MigrationPolicy absent = MigrationPolicy.DEFAULT;
    MigrationLimits limits = absent.limits();
    return new MigrationPolicy(
        settings.flag("enabled", absent.enabled()),
        (int) settings.number("hostPercent", absent.hostPercent(), 1, PERCENT_HIGHEST),
        settings.number("minGainMillis", absent.minGainMillis(), 1, GAIN_MILLIS_HIGHEST),
        settings.number("holdMillis", absent.holdMillis(), 0, REST_MILLIS_HIGHEST),
        (int) settings.number("concurrentLimit", absent.concurrentLimit(), 1, MOVES_HIGHEST),
        settings.number(
            "linkBytesPerSecond",
            absent.linkBytesPerSecond(),
            1,
            MigrationLimits.BANDWIDTH_LIMIT_BYTES),
        new MigrationLimits(
            settings.number(
                "bandwidthBytesPerSecond",
                limits.bandwidthBytesPerSecond(),
                0,
                MigrationLimits.BANDWIDTH_LIMIT_BYTES),
            settings.number("downtimeMillis", limits.downtimeMillis(), 1, DOWNTIME_MILLIS_HIGHEST),
            settings.flag("autoConverge", limits.autoConverge()),
            settings.number("timeoutMillis", limits.timeoutMillis(), 1_000, REST_MILLIS_HIGHEST)));
  }

  private static Optional<TlsFiles> tls(Settings settings, ListenAddress listen) {
    boolean plaintext = settings.flag("plaintext", false);
    Settings tls = settings.section("tls");
    Path base = Path.of("pki");
    TlsFiles files =
        new TlsFiles(
            tls.path("ca", settings.besides(base.resolve("ca.crt"))),
            tls.path("cert", settings.besides(base.resolve("coordinator.crt"))),
            tls.path("key", settings.besides(base.resolve("coordinator.key"))));
    if (!plaintext) {
      return Optional.of(files);
    }
    if (!listen.isLoopback()) {
      settings.fault(
          "plaintext",
          "only with a loopback address, but 'listen' is "
              + listen
              + "; listen on 127.0.0.1 or use tls");
    }
    return Optional.empty();
  }
}
