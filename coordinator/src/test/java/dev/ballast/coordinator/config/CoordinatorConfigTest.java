package dev.ballast.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.balance.KsmPolicy;
import dev.ballast.core.balance.MigrationPolicy;
import dev.ballast.core.balance.RebalanceSchedule;
import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.model.Automation;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.placement.Weights;
import dev.ballast.core.planning.PlanningPolicy;
import dev.ballast.core.planning.RebalancePlanner.Extent;
import dev.ballast.core.search.Aim;
import dev.ballast.core.settings.SettingsException;
import dev.ballast.wire.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatorConfigTest {
  private static final Path FILE = Path.of("/etc/ballast/coordinator.yaml");

  private static CoordinatorConfig parse(String text) throws SettingsException {
    return CoordinatorConfig.parse(FILE, text);
  }

  @Test
  void everyKeyHasItsDefault() throws SettingsException {
    assertThat(parse(""))
        .isEqualTo(
            new CoordinatorConfig(
                new ListenAddress("0.0.0.0", 7443),
                Path.of("/var/lib/ballast/coordinator"),
                Optional.of(
                    new TlsFiles(
                        Path.of("/etc/ballast/pki/ca.crt"),
                        Path.of("/etc/ballast/pki/coordinator.crt"),
                        Path.of("/etc/ballast/pki/coordinator.key"))),
                Automation.RECOMMEND,
                15_000,
                1_000,
                Optional.empty(),
                ReliefPolicy.DEFAULT,
                PlanningPolicy.DEFAULT,
                RebalanceSchedule.DEFAULT,
                KsmPolicy.DEFAULT));
  }

  @Test
  void everyKeyIsMapped() throws SettingsException {
    assertThat(
            parse(
                """
                listen: "[::1]:8443"
                stateDir: /srv/state
                tls:
                  ca: /a
                  cert: b/c
                  key: ../d
                automation: auto
                lease:
                  millis: 20000
                telemetry:
                  intervalMillis: 500
                metrics: {listen: 0.0.0.0:9744}
                relief:
                  targetMillis: 800
                  minGainMillis: 100
                  gainPerMoveMillis: 20
                  maxMoves: 3
                  holdMillis: 5000
                  coolDownMillis: 1000
                  coolDownMaxMillis: 9000
                  migration:
                    enabled: false
                    hostPercent: 70
                    minGainMillis: 50
                    holdMillis: 7000
                    concurrentLimit: 4
                    linkBytesPerSecond: 1000000
                    bandwidthBytesPerSecond: 2000000
                    downtimeMillis: 100
                    autoConverge: false
                    timeoutMillis: 60000
                placement:
                  policy: consolidate
                  vcpusPerCpu: 4
                  hostReserveBytes: 1024
                  weights: {overload: 1, imbalance: 2, mismatch: 3, remoteness: 4, fragmentation: 5,
                            consolidation: 6, migration: 7, moves: 8, interruption: 9}
                balance:
                  policy: stable
                  auto: recommend
                  intervalMillis: 5000
                  holdMillis: 6000
                  hotPercent: 70
                  minGainPercent: 5
                  maxMoves: 7
                  concurrentMigrations: 3
                  weights: {overload: 9, imbalance: 8, mismatch: 7, remoteness: 6, fragmentation: 5,
                            consolidation: 4, migration: 3, moves: 2, interruption: 1}
                ksm: {policy: auto, intervalMillis: 7000, holdMillis: 8000}
                """))
        .isEqualTo(
            new CoordinatorConfig(
                new ListenAddress("::1", 8443),
                Path.of("/srv/state"),
                Optional.of(
                    new TlsFiles(Path.of("/a"), Path.of("/etc/ballast/b/c"), Path.of("/etc/d"))),
                Automation.AUTO,
                20_000,
                500,
                Optional.of(new ListenAddress("0.0.0.0", 9744)),
                new ReliefPolicy(
                    800,
                    100,
                    20,
                    3,
                    5_000,
                    1_000,
                    9_000,
                    new MigrationPolicy(
                        false,
                        70,
                        50,
                        7_000,
                        4,
                        1_000_000,
                        new MigrationLimits(2_000_000, 100, false, 60_000))),
                new PlanningPolicy(
                    new PlacementPolicy(
                        1024, 4, Aim.CONSOLIDATE, 70, new Weights(1, 2, 3, 4, 5, 6, 7, 8, 9)),
                    new Extent(
                        50,
                        7,
                        Aim.STABLE,
                        3,
                        70,
                        new Weights(9, 8, 7, 6, 5, 4, 3, 2, 1),
                        1_000_000)),
                new RebalanceSchedule(Automation.RECOMMEND, 5_000, 6_000),
                new KsmPolicy(KsmPolicy.Mode.AUTO, 7_000, 8_000)));
  }

  @Test
  void rebalancingFollowsThePlacementsPolicyWhereItHasNone() throws SettingsException {
    PlanningPolicy planning = parse("placement: {policy: consolidate}").planning();
    assertThat(planning.placement().weights()).isEqualTo(Weights.of(Aim.CONSOLIDATE));
    assertThat(planning.rebalance().policy()).isEqualTo(Aim.CONSOLIDATE);
    assertThat(planning.rebalance().weights()).isEqualTo(Weights.of(Aim.CONSOLIDATE));
  }

  @Test
  void plaintextIsForLoopbackOnly() throws SettingsException {
    assertThat(parse("plaintext: true\nlisten: 127.0.0.1:7443").tls()).isEmpty();
    assertThatThrownBy(() -> parse("plaintext: true"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(FILE + ":1: key 'plaintext': only with a loopback address");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listen: 7443",
        "listen: 0.0.0.0:70000",
        "listen: ::1:7443",
        "listen: host:x",
        "automation: maybe",
        "lease: {millis: 999}",
        "lease: {millis: 600001}",
        "telemetry: {intervalMillis: 99}",
        "telemetry: {intervalMillis: 60001}",
        "plaintext: 1",
        "metrics: {listen: 9744}",
        "metrics: {port: 9744}",
        "relief: {targetMillis: 1001}",
        "relief: {minGainMillis: 0}",
        "relief: {gainPerMoveMillis: 0}",
        "relief: {maxMoves: 0}",
        "relief: {holdMillis: -1}",
        "relief: {coolDownMillis: 0}",
        "relief: {coolDownMillis: 500, coolDownMaxMillis: 499}",
        "relief: {coolDown: 1}",
        "placement: {policy: even}",
        "placement: {vcpusPerCpu: 0}",
        "placement: {hostReserveBytes: -1}",
        "placement: {weights: {moves: 1001}}",
        "placement: {weights: {move: 1}}",
        "balance: {auto: yes}",
        "ksm: {policy: yes}",
        "ksm: {intervalMillis: 999}",
        "ksm: {intervalMillis: 9000, holdMillis: 8999}",
        "balance: {intervalMillis: 999}",
        "balance: {holdMillis: -1}",
        "balance: {hotPercent: 0}",
        "balance: {minGainPercent: 101}",
        "balance: {maxMoves: 0}",
        "balance: {concurrentMigrations: 1001}",
        "balance: {weights: {overload: x}}",
        "lesae: {millis: 20000}",
        "tls: {crt: x}"
      })
  void everyFaultIsToldWithItsLine(String line) {
    assertThatThrownBy(() -> parse("# first\n" + line))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(FILE + ":2: ");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> CoordinatorConfig.load(Path.of("/nonexistent/c.yaml")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("/nonexistent/c.yaml: cannot be read");
  }
}
