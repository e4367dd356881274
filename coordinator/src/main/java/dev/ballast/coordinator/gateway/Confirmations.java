package dev.ballast.coordinator.gateway;

import dev.ballast.core.model.HostName;
import dev.ballast.v1.ConfirmRequest;
import dev.ballast.wire.PeerIdentity;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which commands are confirmed: those whose outcome this coordinator awaits, whoever sent them, so
 * that a confirmation passes to a new leader.
 */
final class Confirmations {
  /** The longest nonce that is returned. */
  static final int NONCE_LIMIT = 256;

  private Confirmations() {}

  /**
   * Why the command is not confirmed.
   *
   * @param peer whose certificate it is; absent in plaintext
   * @param outstanding the commands to a host whose outcome is awaited
   */
  static Optional<Status> objection(
      ConfirmRequest request,
      Optional<PeerIdentity> peer,
      boolean mayCommand,
      long term,
      Function<HostName, List<Long>> outstanding) {
    if (peer.isPresent() && !peer.get().name().equals(request.getHost())) {
      return objection(
          Status.PERMISSION_DENIED,
          "the certificate is of " + peer.get() + ", not of host '" + request.getHost() + "'");
    }
    HostName host;
    try {
      host = new HostName(request.getHost());
    } catch (IllegalArgumentException e) {
      return objection(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
    if (request.getNonce().length() > NONCE_LIMIT) {
      return objection(Status.INVALID_ARGUMENT, "the nonce is too long");
    }
    if (!mayCommand || request.getTerm() > term) {
      return objection(Status.UNAVAILABLE, "this coordinator does not lead");
    }
    return outstanding.apply(host).contains(request.getCommandId())
        ? Optional.empty()
        : objection(
            Status.NOT_FOUND, "no outcome of command " + request.getCommandId() + " is awaited");
  }

  private static Optional<Status> objection(Status status, String why) {
    return Optional.of(status.withDescription(why));
  }
}
