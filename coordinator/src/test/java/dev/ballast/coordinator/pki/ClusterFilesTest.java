package dev.ballast.coordinator.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.core.settings.Settings;
import dev.ballast.wire.PeerIdentity;
import dev.ballast.wire.PeerIdentity.Role;
import dev.ballast.wire.TlsContexts;
import dev.ballast.wire.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFilesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir private Path parent;
  private Path directory;

  @BeforeEach
  void choosePlace() {
    directory = parent.resolve("cluster");
  }

  private ClusterFiles files() {
    return new ClusterFiles(directory, 7443, CLOCK);
  }

  private static ClusterFiles.Request request(List<String> addresses, List<String> hosts) {
    return new ClusterFiles.Request("lab", addresses, hosts, List.of("admin"), Optional.empty());
  }

  private void init() throws PkiException {
    files().init(request(List.of("ballast.example.org", "10.0.0.9"), List.of("h1", "h2")));
  }

  private List<String> all() throws IOException {
    try (Stream<Path> walk = Files.walk(parent)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> parent.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aNewClusterHasAllItsFiles() throws Exception {
    init();
    assertThat(all())
        .containsExactly(
            "cluster/coordinator.yaml",
            "cluster/hosts/h1/agent.yaml",
            "cluster/hosts/h1/ca.crt",
            "cluster/hosts/h1/host.crt",
            "cluster/hosts/h1/host.key",
            "cluster/hosts/h2/agent.yaml",
            "cluster/hosts/h2/ca.crt",
            "cluster/hosts/h2/host.crt",
            "cluster/hosts/h2/host.key",
            "cluster/operators/admin/ca.crt",
            "cluster/operators/admin/config.yaml",
            "cluster/operators/admin/operator.crt",
            "cluster/operators/admin/operator.key",
            "cluster/pki/ca.crt",
            "cluster/pki/ca.key",
            "cluster/pki/coordinator.crt",
            "cluster/pki/coordinator.key");
  }

  @Test
  void keysAreForTheirOwnerAlone() throws Exception {
    init();
    for (String key : all().stream().filter(file -> file.endsWith(".key")).toList()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(parent.resolve(key))))
          .as(key)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void theCertificatesSayWhoTheyAreFor() throws Exception {
    init();
    X509Certificate ca = Pem.certificate(directory.resolve("pki/ca.crt"));
    assertThat(ca.getBasicConstraints()).as("signs, but nothing that signs").isZero();
    assertThat(ca.getNotAfter())
        .isEqualTo(Date.from(NOW.plus(CertificateAuthority.AUTHORITY_VALIDITY)));
    X509Certificate host = Pem.certificate(directory.resolve("hosts/h1/host.crt"));
    host.verify(ca.getPublicKey());
    assertThat(PeerIdentity.of(host)).isEqualTo(new PeerIdentity("lab", Role.HOST, "h1"));
    assertThat(host.getSubjectX500Principal().getName()).isEqualTo("CN=h1");
    assertThat(host.getBasicConstraints()).isEqualTo(-1);
    assertThat(host.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(host.getNotBefore())
        .isEqualTo(Date.from(NOW.minus(CertificateAuthority.CLOCK_SKEW)));
    assertThat(host.getNotAfter())
        .isEqualTo(Date.from(NOW.plus(CertificateAuthority.LEAF_VALIDITY)));
    X509Certificate server = Pem.certificate(directory.resolve("pki/coordinator.crt"));
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(server.getSubjectAlternativeNames())
        .extracting(name -> name.get(1).toString())
        .containsExactly(
            "ballast://lab/coordinator/coordinator",
            "ballast.example.org",
            "10.0.0.9",
            "localhost",
            "127.0.0.1",
            "0:0:0:0:0:0:0:1");
    assertThat(server.getSerialNumber()).isNotEqualTo(host.getSerialNumber()).isPositive();
  }

  @Test
  void whatIsWrittenCanBeUsedAsItStands() throws Exception {
    init();
    CoordinatorConfig config = CoordinatorConfig.load(directory.resolve("coordinator.yaml"));
    assertThat(config.stateDir()).isEqualTo(CoordinatorConfig.DEFAULT_STATE_DIR);
    TlsContexts.server(config.tls().orElseThrow());
    assertThat(uncommented()).contains("\nrelief:\n", "\n  coolDownMaxMillis: 3600000\n");
    assertThat(CoordinatorConfig.parse(directory.resolve("coordinator.yaml"), uncommented()))
        .as("the defaults that the file shows are the defaults")
        .isEqualTo(config);
    Path agentFile = directory.resolve("hosts/h1/agent.yaml");
    Settings agent = Settings.parse(agentFile, Files.readString(agentFile));
    assertThat(agent.section("host").text("name", "")).isEqualTo("h1");
    assertThat(agent.text("coordinator", "")).isEqualTo("ballast.example.org:7443");
    assertThat(agent.text("stateDir", "")).isEqualTo("/var/lib/ballast/agent");
    Settings tls = agent.section("tls");
    TlsContexts.client(
        new TlsFiles(tls.path("ca", parent), tls.path("cert", parent), tls.path("key", parent)));
    Path cliFile = directory.resolve("operators/admin/config.yaml");
    Settings cli = Settings.parse(cliFile, Files.readString(cliFile));
    assertThat(cli.text("server", "")).isEqualTo("ballast.example.org:7443");
    TlsContexts.client(
        new TlsFiles(cli.path("ca", parent), cli.path("cert", parent), cli.path("key", parent)));
    cli.check();
  }

  private String uncommented() throws IOException {
    String text = Files.readString(directory.resolve("coordinator.yaml"));
    int relief = text.indexOf("#relief:");
    return text.substring(0, relief)
        + text.substring(relief).replaceAll("(?m)^#( *[a-zA-Z]+:)", "$1");
  }

  @Test
  void daemonsOnOneMachineCanKeepTheirStateApart() throws Exception {
    files()
        .init(
            new ClusterFiles.Request(
                "lab",
                List.of("127.0.0.1"),
                List.of("h1"),
                List.of(),
                Optional.of(Path.of("/srv/state"))));
    assertThat(CoordinatorConfig.load(directory.resolve("coordinator.yaml")).stateDir())
        .isEqualTo(Path.of("/srv/state/coordinator"));
    assertThat(Files.readString(directory.resolve("hosts/h1/agent.yaml")))
        .contains("stateDir: /srv/state/h1\n");
  }

  @Test
  void oneMoreHostAndOperatorCanBeAdded() throws Exception {
    init();
    Path made = new ClusterFiles(directory, 9443, CLOCK).certifyHost("h3");
    assertThat(made).isEqualTo(directory.resolve("hosts/h3"));
    X509Certificate host = Pem.certificate(made.resolve("host.crt"));
    host.verify(Pem.certificate(directory.resolve("pki/ca.crt")).getPublicKey());
    assertThat(PeerIdentity.of(host)).isEqualTo(new PeerIdentity("lab", Role.HOST, "h3"));
    assertThat(Files.readString(made.resolve("agent.yaml")))
        .contains("coordinator: ballast.example.org:9443\n");
    Path operator = files().certifyOperator("eve");
    assertThat(PeerIdentity.of(Pem.certificate(operator.resolve("operator.crt"))).role())
        .isEqualTo(Role.OPERATOR);
  }

  @Test
  void nothingIsOverwritten() throws Exception {
    init();
    String before = Files.readString(directory.resolve("pki/ca.crt"));
    List<String> files = all();
    assertThatThrownBy(this::init)
        .isInstanceOf(PkiException.class)
        .hasMessageContaining(directory + "/")
        .hasMessageContaining("nothing is overwritten");
    assertThatThrownBy(() -> files().certifyHost("h1"))
        .hasMessageContaining(directory.resolve("hosts/h1") + " exists");
    assertThat(Files.readString(directory.resolve("pki/ca.crt"))).isEqualTo(before);
    assertThat(all()).isEqualTo(files);
  }

  @Test
  void aFaultyRequestMakesNoFile() throws IOException {
    assertFault(request(List.of("10.0.0.9:7443"), List.of()), "'10.0.0.9:7443' is neither");
    assertFault(request(List.of(), List.of()), "1 to 100 addresses");
    assertFault(request(List.of("a"), List.of("../../etc")), "must be names");
    assertFault(request(List.of("a"), List.of("h1", "h1")), "hosts/h1 is asked for twice");
    assertThat(all()).isEmpty();
  }

  private void assertFault(ClusterFiles.Request request, String message) {
    assertThatThrownBy(() -> files().init(request))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining(message);
  }

  @Test
  void withoutAnAuthorityThereIsNoCertificate() {
    assertThatThrownBy(() -> files().certifyHost("h1"))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining(directory.resolve("pki") + " does not exist");
  }
}
