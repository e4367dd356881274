package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.cluster.AgentInfo;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.leadership.Leadership;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;
import dev.ballast.v1.Hello;
import dev.ballast.wire.ContractVersion;
import dev.ballast.wire.ContractVersion.Result;
import dev.ballast.wire.ModelCodec;
import dev.ballast.wire.ObservationCodec;
import dev.ballast.wire.PeerIdentity;
import dev.ballast.wire.WireException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.TreeSet;

/** Decides whether an agent may speak for its host, in a version that both sides know. */
final class HelloCheck {
  private static final int FEATURE_LIMIT = 100;

  private final Leadership leadership;

  HelloCheck(Leadership leadership) {
    this.leadership = leadership;
  }

  /**
   * What the hello says.
   *
   * @throws StatusRuntimeException with the sentence that the agent shows
   */
  AgentConnected check(Hello hello, Optional<PeerIdentity> peer) {
    HostName host = host(hello);
    if (peer.isPresent() && !peer.get().name().equals(host.value())) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "the agent says it is host '"
                  + host
                  + "', but its certificate is of "
                  + peer.get()
                  + "; set host.name to the certificate's name")
          .asRuntimeException();
    }
    int version = version(hello, host);
    if (leadership.isBehind(host, hello.getHighestTerm())) {
      throw Status.FAILED_PRECONDITION
          .withDescription(
              "host '"
                  + host
                  + "' has followed term "
                  + hello.getHighestTerm()
                  + ", this coordinator holds term "
                  + leadership.term()
                  + ": its store was restored from an older one; stop it and run"
                  + " 'ballast-coordinator recover'")
          .asRuntimeException();
    }
    return connected(hello, host, version);
  }

  private static HostName host(Hello hello) {
    try {
      return new HostName(hello.getHost());
    } catch (IllegalArgumentException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
    }
  }

  private static int version(Hello hello, HostName host) {
    return switch (ContractVersion.negotiate(
        hello.getContractVersion(), hello.getOldestContractVersion())) {
      case Result.Agreed(int version) -> version;
      case Result.Refused(String sentence) ->
          throw Status.FAILED_PRECONDITION
              .withDescription("host '" + host + "': " + sentence)
              .asRuntimeException();
    };
  }

  private static AgentConnected connected(Hello hello, HostName host, int version) {
    try {
      HostInventory inventory = ModelCodec.fromProto(hello.getInventory());
      HostObservation observation = ObservationCodec.fromProto(hello.getObservation());
      AgentInfo agent =
          new AgentInfo(
              shortened(hello.getAgentVersion()),
              version,
              shortened(hello.getBootId()),
              hello.getHighestTerm(),
              hello.getLowWaterMark(),
              hello.getLastCommandId(),
              new TreeSet<>(hello.getFeaturesList().stream().limit(FEATURE_LIMIT).toList()),
              hello.getObserveOnly());
      return new AgentConnected(host, agent, inventory, observation);
    } catch (WireException e) {
      throw Status.INVALID_ARGUMENT
          .withDescription("host '" + host + "': " + e.getMessage())
          .asRuntimeException();
    }
  }

  private static String shortened(String text) {
    return text.length() > FEATURE_LIMIT ? text.substring(0, FEATURE_LIMIT) : text;
  }
}
