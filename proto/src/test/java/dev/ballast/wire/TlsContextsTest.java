package dev.ballast.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.v1.GetStatusRequest;
import dev.ballast.v1.GetStatusResponse;
import dev.ballast.v1.OperatorApiGrpc;
import dev.ballast.wire.PeerIdentity.Role;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS between a real gRPC server and real clients on loopback. */
class TlsContextsTest {
  private static final Context.Key<String> PEER = Context.key("peer");
  private static final long DEADLINE_SECONDS = 20;

  @TempDir Path directory;
  @TempDir Path otherDirectory;
  private TestPki pki;
  private Server server;

  @BeforeEach
  void startServer() throws Exception {
    pki = new TestPki(directory);
    server = serve(TlsContexts.server(pki.issue(Role.COORDINATOR, "main")));
  }

  @AfterEach
  void stopServer() {
    server.shutdownNow();
  }

  private static Server serve(SslContext context) throws Exception {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sslContext(context)
        .intercept(new PeerInterceptor())
        .addService(new PeerService())
        .build()
        .start();
  }

  /** Puts the peer's identity into the call's context. */
  private static final class PeerInterceptor implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String peer;
      try {
        peer =
            PeerIdentity.of(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)).toString();
      } catch (CertificateException e) {
        peer = String.valueOf(e.getMessage());
      }
      return Contexts.interceptCall(Context.current().withValue(PEER, peer), call, headers, next);
    }
  }

  /** Answers with the identity of the caller. */
  private static final class PeerService extends OperatorApiGrpc.OperatorApiImplBase {
    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> responses) {
      responses.onNext(GetStatusResponse.newBuilder().setCluster(PEER.get()).build());
      responses.onCompleted();
    }
  }

  private static String call(Server server, SslContext context) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", server.getPort()).sslContext(context).build();
    try {
      return OperatorApiGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
          .getStatus(GetStatusRequest.getDefaultInstance())
          .getCluster();
    } finally {
      channel.shutdownNow();
    }
  }

  private static void refused(Server server, SslContext context, String cause) {
    assertThatThrownBy(() -> call(server, context))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
        .hasStackTraceContaining(cause);
  }

  @Test
  void serverKnowsItsClient() throws Exception {
    assertThat(call(server, TlsContexts.client(pki.issue(Role.HOST, "h1"))))
        .isEqualTo("host h1 of cluster lab");
    assertThat(call(server, TlsContexts.client(pki.issue(Role.OPERATOR, "ann"))))
        .isEqualTo("operator ann of cluster lab");
  }

  @Test
  void serverNamesCertificateWithoutIdentity() throws Exception {
    TlsFiles nameless = pki.issue("x", List.of(new GeneralName(GeneralName.dNSName, "x.example")));
    assertThat(call(server, TlsContexts.client(nameless))).contains("'CN=x' names 0 identities");
    TlsFiles strange =
        pki.issue(
            "y",
            List.of(
                new GeneralName(
                    GeneralName.uniformResourceIdentifier, "ballast://lab/admin/root")));
    assertThat(call(server, TlsContexts.client(strange))).contains("is not ballast://CLUSTER");
  }

  @Test
  void clientOfAnotherAuthorityIsRefused() throws Exception {
    TlsFiles foreign = new TestPki(otherDirectory).issue(Role.OPERATOR, "eve");
    TlsFiles mixed = new TlsFiles(pki.ca(), foreign.cert(), foreign.key());
    refused(server, TlsContexts.client(mixed), "");
  }

  @Test
  void serverOfAnotherAuthorityIsRefused() throws Exception {
    TlsFiles foreign = new TestPki(otherDirectory).issue(Role.OPERATOR, "eve");
    refused(server, TlsContexts.client(foreign), "PKIX path");
  }

  @Test
  void hostCannotPlayTheCoordinator() throws Exception {
    Server impostor = serve(TlsContexts.server(pki.issue(Role.HOST, "h1")));
    try {
      refused(
          impostor,
          TlsContexts.client(pki.issue(Role.OPERATOR, "ann")),
          "host h1 of cluster lab is not a coordinator's");
    } finally {
      impostor.shutdownNow();
    }
  }

  @Test
  void coordinatorOfAnotherAddressIsRefused() throws Exception {
    TlsFiles elsewhere =
        pki.issue(
            "far",
            List.of(
                new GeneralName(
                    GeneralName.uniformResourceIdentifier, "ballast://lab/coordinator/far"),
                new GeneralName(GeneralName.dNSName, "far.example")));
    Server far = serve(TlsContexts.server(elsewhere));
    try {
      refused(far, TlsContexts.client(pki.issue(Role.OPERATOR, "ann")), "localhost");
    } finally {
      far.shutdownNow();
    }
  }

  @Test
  void clientWithoutCertificateIsRefused() throws Exception {
    SslContext bare =
        GrpcSslContexts.forClient().trustManager(pki.ca().toFile()).protocols("TLSv1.3").build();
    refused(server, bare, "");
  }

  @Test
  void olderTlsIsRefused() throws Exception {
    TlsFiles files = pki.issue(Role.OPERATOR, "ann");
    SslContext old =
        GrpcSslContexts.forClient()
            .trustManager(files.ca().toFile())
            .keyManager(files.cert().toFile(), files.key().toFile())
            .protocols("TLSv1.2")
            .build();
    refused(server, old, "protocol_version");
  }

  @Test
  void faultsNameTheFile() throws Exception {
    TlsFiles ann = pki.issue(Role.OPERATOR, "ann");
    TlsFiles bob = pki.issue(Role.OPERATOR, "bob");
    Path garbage = Files.writeString(directory.resolve("garbage"), "garbage");
    Path missing = directory.resolve("missing");
    assertFault(new TlsFiles(missing, ann.cert(), ann.key()), missing + " cannot be read: no such");
    assertFault(new TlsFiles(garbage, ann.cert(), ann.key()), garbage + " is not a certificate");
    assertFault(new TlsFiles(ann.ca(), garbage, ann.key()), garbage + " is not a certificate");
    assertFault(new TlsFiles(ann.ca(), ann.cert(), garbage), garbage + " is not a private key");
    assertFault(
        new TlsFiles(ann.ca(), ann.cert(), bob.key()),
        bob.key() + " is not the private key of CN=ann");
  }

  private static void assertFault(TlsFiles files, String message) {
    assertThatThrownBy(() -> TlsContexts.client(files))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining(message);
  }
}
