package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.pki.ClusterFiles;
import dev.ballast.v1.GetStatusRequest;
import dev.ballast.wire.TlsContexts;
import dev.ballast.wire.TlsFiles;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over real TCP and TLS: what is said when the coordinator cannot be reached or used. */
class ConnectionTest {
  @TempDir Path directory;
  private Path cluster = Path.of("");
  private final FakeCoordinator coordinator = new FakeCoordinator();
  private final List<Server> servers = new ArrayList<>();

  @BeforeEach
  void makeCluster() throws Exception {
    cluster = files("lab");
  }

  @AfterEach
  void stopServers() {
    servers.forEach(Server::shutdownNow);
  }

  private Path files(String name) throws Exception {
    Path files = directory.resolve(name);
    new ClusterFiles(files, ClusterFiles.PORT, Clock.systemUTC())
        .init(
            new ClusterFiles.Request(
                name, List.of("localhost"), List.of("h1"), List.of("ann"), Optional.empty()));
    return files;
  }

  private static SslContext tls(Path files) throws Exception {
    Path pki = files.resolve("pki");
    return TlsContexts.server(
        new TlsFiles(
            pki.resolve("ca.crt"), pki.resolve("coordinator.crt"), pki.resolve("coordinator.key")));
  }

  private int serve(Optional<SslContext> tls, BindableService... services) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    tls.ifPresent(builder::sslContext);
    for (BindableService service : services) {
      builder.addService(service);
    }
    Server server = builder.build().start();
    servers.add(server);
    return server.getPort();
  }

  private CliRun.Result run(Path files, String... arguments) {
    Path config = files.resolve("operators/ann/config.yaml");
    return CliRun.run(
        new NettyConnector(),
        Map.of("BALLAST_CONFIG", config.toString()),
        false,
        List.of(arguments));
  }

  private static void assertUnreachable(CliRun.Result result, String sentence) {
    assertThat(result.err()).startsWith("ballast: ").hasLineCount(1).contains(sentence);
    assertThat(result.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void readsItsConfigurationAndSpeaksMutualTls() throws Exception {
    int port = serve(Optional.of(tls(cluster)), coordinator);
    CliRun.Result result = run(cluster, "status", "--server", "localhost:" + port);
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isZero();
    assertThat(result.out()).startsWith("cluster     lab");
  }

  @Test
  void nothingListens() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertUnreachable(
        run(cluster, "status", "--server", "localhost:" + port),
        "nothing listens at localhost:" + port + ": is the coordinator running there");
  }

  @Test
  void unknownName() {
    assertUnreachable(
        run(cluster, "status", "--server", "nowhere.invalid"),
        "the name 'nowhere.invalid' is not known: check --server");
  }

  @Test
  void coordinatorOfAnotherCluster() throws Exception {
    int port = serve(Optional.of(tls(files("other"))), coordinator);
    assertUnreachable(
        run(cluster, "status", "--server", "localhost:" + port),
        "the certificate of localhost:" + port + " is not signed by " + cluster);
  }

  @Test
  void operatorOfAnotherCluster() throws Exception {
    int port = serve(Optional.of(tls(cluster)), coordinator);
    Path other = files("other");
    CliRun.Result result =
        run(
            other,
            "status",
            "--server",
            "localhost:" + port,
            "--ca",
            cluster.resolve("pki/ca.crt").toString());
    assertUnreachable(result, "does not accept the certificate " + other);
  }

  @Test
  void certificateForAnotherAddress() throws Exception {
    Server everywhere =
        NettyServerBuilder.forPort(0).sslContext(tls(cluster)).addService(coordinator).build();
    servers.add(everywhere.start());
    int port = everywhere.getPort();
    assertUnreachable(
        run(cluster, "status", "--server", "127.0.0.2:" + port),
        "the certificate of 127.0.0.2:" + port + " is not for that name");
  }

  @Test
  void hostThatPlaysTheCoordinator() throws Exception {
    Path host = cluster.resolve("hosts/h1");
    SslContext stolen =
        TlsContexts.server(
            new TlsFiles(
                host.resolve("ca.crt"), host.resolve("host.crt"), host.resolve("host.key")));
    int port = serve(Optional.of(stolen), coordinator);
    assertUnreachable(
        run(cluster, "status", "--server", "localhost:" + port),
        "shows a certificate that is not a coordinator's: check --server");
    assertThat(coordinator.requests).isEmpty();
  }

  @Test
  void coordinatorWithoutTls() throws Exception {
    int port = serve(Optional.empty(), coordinator);
    assertUnreachable(
        run(cluster, "status", "--server", "localhost:" + port), "does not speak TLS");
    CliRun.Result plain = run(cluster, "status", "--server", "localhost:" + port, "--plaintext");
    assertThat(plain.exit()).isZero();
  }

  @Test
  void coordinatorWithTlsCalledWithout() throws Exception {
    int port = serve(Optional.of(tls(cluster)), coordinator);
    assertUnreachable(
        run(cluster, "status", "--server", "localhost:" + port, "--plaintext"),
        "leave --plaintext away");
  }

  @Test
  void plaintextIsForLoopbackOnly() {
    CliRun.Result result = run(cluster, "status", "--server", "192.0.2.1", "--plaintext");
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("192.0.2.1 is no loopback address");
  }

  @Test
  void answerThatDoesNotCome() throws Exception {
    int port = serve(Optional.empty(), new SilentCoordinator());
    assertUnreachable(
        run(cluster, "status", "--server", "localhost:" + port, "--plaintext", "--timeout", "1"),
        "no answer from localhost:" + port + " in time");
  }

  @Test
  void olderCoordinator() throws Exception {
    int port = serve(Optional.empty());
    CliRun.Result result = run(cluster, "status", "--server", "localhost:" + port, "--plaintext");
    assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("does not know this command: update it");
  }

  /** Never answers. */
  private static final class SilentCoordinator
      extends dev.ballast.v1.OperatorApiGrpc.OperatorApiImplBase {
    @Override
    public void getStatus(
        GetStatusRequest request,
        io.grpc.stub.StreamObserver<dev.ballast.v1.GetStatusResponse> observer) {}
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 2",
    "NOT_FOUND, 2",
    "FAILED_PRECONDITION, 4",
    "ABORTED, 4",
    "UNAVAILABLE, 3",
    "PERMISSION_DENIED, 3",
    "UNAUTHENTICATED, 3",
    "INTERNAL, 1",
    "UNKNOWN, 1"
  })
  void everyStatusHasItsExitCodeAndOneLine(Status.Code code, int exit) {
    try (CliRun cli = new CliRun()) {
      cli.coordinator.fail(
          GetStatusRequest.class, code.toStatus().withDescription("no leader: try again in 5 s"));
      CliRun.Result result = cli.run("status");
      assertThat(result.exit()).isEqualTo(exit);
      assertThat(result.err())
          .startsWith("ballast: ")
          .hasLineCount(1)
          .contains("no leader: try again in 5 s")
          .doesNotContain("Exception");
      assertThat(cli.run("status", "--debug").err()).contains("\tat ");
    }
  }

  @Test
  void faultsOfTheConfigurationNameTheirPlace() throws Exception {
    Path config = cluster.resolve("operators/ann/config.yaml");
    Files.writeString(config, "sever: localhost\nca: ca.crt\nplaintext: maybe\n");
    CliRun.Result result = run(cluster, "status");
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .contains(config + ":1: ")
        .contains("did you mean 'server'?")
        .contains(config + ":3: ");
    Files.delete(config);
    assertThat(run(cluster, "status").err()).contains(config + " cannot be read");
  }

  @Test
  void withoutAnyConfigurationSaysWhatIsMissing() {
    CliRun.Result result =
        CliRun.run(
            new NettyConnector(), Map.of("HOME", directory.toString()), false, List.of("status"));
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("no coordinator is named").contains("$BALLAST_CONFIG");
    CliRun.Result half =
        CliRun.run(
            new NettyConnector(),
            Map.of("HOME", directory.toString()),
            false,
            List.of("status", "--server", "localhost"));
    assertThat(half.err()).contains("ca is not known");
  }
}
