package dev.ballast.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.balance.MigrationPolicy;
import dev.ballast.core.balance.ReliefPolicy;
import dev.ballast.core.model.Automation;
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
                ReliefPolicy.DEFAULT));
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
                        new MigrationLimits(2_000_000, 100, false, 60_000)))));
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
