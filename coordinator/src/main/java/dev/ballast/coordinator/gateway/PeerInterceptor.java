package dev.ballast.coordinator.gateway;

import dev.ballast.v1.AgentGatewayGrpc;
import dev.ballast.v1.OperatorApiGrpc;
import dev.ballast.wire.PeerIdentity;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a peer call only what its certificate's role may: a host the agents' gateway, an operator
 * the operators' API. Calls of a server in plaintext have no peer.
 */
public final class PeerInterceptor implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(PeerInterceptor.class);
  private static final Context.Key<PeerIdentity> PEER = Context.key("peer");

  private final String cluster;
  private final boolean plaintext;

  /** For the server of that cluster. */
  public PeerInterceptor(String cluster, boolean plaintext) {
    this.cluster = cluster;
    this.plaintext = plaintext;
  }

  /** Who makes the current call; absent in plaintext. */
  public static Optional<PeerIdentity> peer() {
    return Optional.ofNullable(PEER.get());
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (plaintext) {
      return next.startCall(call, headers);
    }
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return refuse(call, Status.UNAUTHENTICATED.withDescription("this call needs TLS"));
    }
    try {
      PeerIdentity peer = PeerIdentity.of(session);
      Optional<String> objection =
          objection(peer, String.valueOf(call.getMethodDescriptor().getServiceName()));
      if (objection.isPresent()) {
        return refuse(call, Status.PERMISSION_DENIED.withDescription(objection.get()));
      }
      return Contexts.interceptCall(Context.current().withValue(PEER, peer), call, headers, next);
    } catch (CertificateException e) {
      return refuse(call, Status.UNAUTHENTICATED.withDescription(e.getMessage()));
    }
  }

  private Optional<String> objection(PeerIdentity peer, String service) {
    if (!peer.cluster().equals(cluster)) {
      return Optional.of(
          "the certificate is of " + peer + ", this coordinator is of cluster " + cluster);
    }
    String allowed =
        switch (peer.role()) {
          case HOST -> AgentGatewayGrpc.SERVICE_NAME;
          case OPERATOR -> OperatorApiGrpc.SERVICE_NAME;
          case COORDINATOR -> "";
        };
    return service.equals(allowed)
        ? Optional.empty()
        : Optional.of("the certificate of " + peer + " may not call " + service);
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
    log.warn(
        "refused a call of {} from {}: {}",
        call.getMethodDescriptor().getFullMethodName(),
        call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
        status.getDescription());
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
