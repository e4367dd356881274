package dev.ballast.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.agent.host.storage.StoreSettings;
import dev.ballast.agent.telemetry.SpikeSettings;
import dev.ballast.core.model.DeviceMatch;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.settings.SettingsException;
import dev.ballast.wire.TlsFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
  private static final Path FILE = Path.of("/etc/ballast/agent.yaml");

  private static AgentConfig parse(String text) throws SettingsException {
    return AgentConfig.parse(FILE, text);
  }

  @Test
  void everyKeyButTheNameHasADefault() throws SettingsException {
    assertThat(parse("host: {name: h1}\n"))
        .isEqualTo(
            new AgentConfig(
                new HostName("h1"),
                HostTraits.NONE,
                new TreeMap<>(),
                Optional.empty(),
                new Endpoint("localhost", 7443),
                Optional.of(
                    new TlsFiles(
                        Path.of("/etc/ballast/ca.crt"),
                        Path.of("/etc/ballast/host.crt"),
                        Path.of("/etc/ballast/host.key"))),
                Path.of("/var/lib/ballast/agent"),
                false,
                "qemu:///system",
                10_000,
                Optional.empty(),
                1_000,
                10_000,
                60_000,
                SpikeSettings.DEFAULT,
                Optional.empty(),
                new AgentConfig.Roots(Path.of("/proc"), Path.of("/sys"), Path.of("/run")),
                new StoreSettings(
                    Path.of("/var/lib/ballast/images"),
                    64L << 30,
                    List.of(Path.of("/var/lib/ballast/volumes")))));
  }

  @Test
  void everyKeyIsMapped() throws SettingsException {
    assertThat(
            parse(
                """
                host:
                  name: h2
                  capacityCgroup: /sys/fs/cgroup/cpu/machine
                  labels: {rack: r1, disk: nvme}
                  taints: [gpu]
                  devices: {fast-net: "vf:ens1f0, 8086:154C", gpu: "0000:5E:00.0"}
                coordinator: "[::1]:7000"
                plaintext: true
                tls: {ca: a, cert: /b, key: c}
                stateDir: state
                observeOnly: true
                libvirt: {uri: "test:///default", timeoutMillis: 2000}
                migration: {uri: "qemu+tls://h2/system", tls: false, unsafe: true}
                telemetry: {intervalMillis: 500, sweepMillis: 5000, guestClockMillis: 30000}
                metrics: {listen: 0.0.0.0:9743}
                spike: {thresholdPercent: 80, clearPercent: 60, holdMillis: 1000, repeatMillis: 2000}
                roots: {proc: /p, sys: /s, run: /r}
                storage: {images: /i, imageLimitBytes: 1000, pools: [/v, /fast], thinHighWaterPercent: 70}
                """))
        .isEqualTo(
            new AgentConfig(
                new HostName("h2"),
                new HostTraits(
                    new TreeMap<>(Map.of("rack", "r1", "disk", "nvme")),
                    new TreeSet<>(List.of("gpu"))),
                new TreeMap<>(
                    Map.of(
                        "fast-net",
                        List.of(
                            new DeviceMatch.FunctionsOf("ens1f0"),
                            new DeviceMatch.OfKind("8086:154c")),
                        "gpu",
                        List.of(new DeviceMatch.At("0000:5e:00.0")))),
                Optional.of("/sys/fs/cgroup/cpu/machine"),
                new Endpoint("[::1]", 7000),
                Optional.empty(),
                Path.of("/etc/ballast/state"),
                true,
                "test:///default",
                2_000,
                Optional.of(new AgentConfig.Migration("qemu+tls://h2/system", false, true)),
                500,
                5_000,
                30_000,
                new SpikeSettings(800, 600, 1_000, 2_000),
                Optional.of(new Endpoint("0.0.0.0", 9743)),
                new AgentConfig.Roots(Path.of("/p"), Path.of("/s"), Path.of("/r")),
                new StoreSettings(
                    Path.of("/i"), 1_000, List.of(Path.of("/fast"), Path.of("/v")), 70)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "coordinator: here | HOST:PORT",
        "coordinator: 'here:0' | HOST:PORT",
        "plaintext: true; coordinator: '10.0.0.1:7443' | loopback",
        "observeonly: true | did you mean 'observeOnly'",
        "host: {name: h1, labels: [a]} | a mapping of at most 64",
        "host: {name: h1, labels: {'a b': c}} | a mapping of at most 64",
        "host: {name: h1, taints: gpu} | a list of at most 64 words",
        "host: {name: h1, taints: [gpu, gpu]} | each once",
        "host: {name: h1, devices: {gpu: 'nvidia'}} | 'nvidia' is not vf:INTERFACE",
        "host: {name: h1, devices: [gpu]} | a mapping of at most 64",
        "libvirt: {timeoutMillis: 1} | from 100 to 600000",
        "spike: {thresholdPercent: 50} | clearPercent",
        "tls: {certificate: x} | tls.certificate",
        "metrics: {listen: 9743} | ADDRESS:PORT",
        "metrics: {port: 9743} | metrics.port",
        "migration: {tls: false} | migration.uri",
        "migration: {uri: 'qemu:///system'} | qemu+tls://HOST/system",
        "migration: {uri: 'qemu+tls://localhost/system'} | qemu+tls://HOST/system",
        "migration: {uri: 'qemu+tls://h2/system', usafe: true} | did you mean 'migration.unsafe'",
      })
  void namesWhatIsWrong(String lines, String message) {
    String text = "host: {name: h1}\n" + lines.replace("; ", "\n") + "\n";
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(FILE.toString());
  }

  @Test
  void migrationIsEncryptedAndSafeUnlessSaidOtherwise() throws SettingsException {
    assertThat(parse("host: {name: h1}\nmigration: {uri: qemu+tls://h1/system}\n").migration())
        .contains(new AgentConfig.Migration("qemu+tls://h1/system", true, false));
  }

  @Test
  void needsANameThatCanBeOne() {
    assertThatThrownBy(() -> parse("{}")).hasMessageContaining("host.name");
    assertThatThrownBy(() -> parse("host: {name: '-'}")).hasMessageContaining("host.name");
  }
}
