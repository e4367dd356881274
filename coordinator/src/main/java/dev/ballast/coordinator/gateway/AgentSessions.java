package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentLost;
import dev.ballast.coordinator.execution.CommandSender;
import dev.ballast.coordinator.leadership.Leadership;
import dev.ballast.core.action.Command;
import dev.ballast.core.model.HostName;
import dev.ballast.v1.DomainAnswer;
import io.grpc.Status;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of all agents, at most one a host. */
public final class AgentSessions implements CommandSender {
  private static final Logger log = LoggerFactory.getLogger(AgentSessions.class);

  private final Map<HostName, AgentSession> sessions = new ConcurrentHashMap<>();
  private final Cluster cluster;
  private final Leadership leadership;
  private final GatewaySettings settings;
  private final LongSupplier nanoTime;

  public AgentSessions(
      Cluster cluster, Leadership leadership, GatewaySettings settings, LongSupplier nanoTime) {
    this.cluster = cluster;
    this.leadership = leadership;
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  private volatile BiConsumer<HostName, DomainAnswer> answers = (host, answer) -> {};

  /** Told each answer to a question, with the host that gave it; must return at once. */
  void onAnswer(BiConsumer<HostName, DomainAnswer> listener) {
    answers = listener;
  }

  void answered(HostName host, DomainAnswer answer) {
    answers.accept(host, answer);
  }

  /** The host's stream, while there is one. */
  Optional<AgentSession> session(HostName host) {
    return Optional.ofNullable(sessions.get(host));
  }

  @Override
  public boolean send(HostName host, Command command) {
    AgentSession session = sessions.get(host);
    return session != null
        && leadership.mayCommand()
        && session.send(command, leadership.term().value());
  }

  @Override
  public boolean abort(HostName host, long commandId) {
    AgentSession session = sessions.get(host);
    return session != null
        && leadership.mayCommand()
        && session.abort(commandId, leadership.term().value());
  }

  /**
   * Takes a new stream. One of the same boot replaces the one before; of another boot it has to
   * wait until the one before is silent, because two machines may show one certificate.
   *
   * @throws io.grpc.StatusRuntimeException when the host is connected from another boot
   */
  void register(AgentSession session) {
    sessions.compute(
        session.host(),
        (host, former) -> {
          if (former != null) {
            replace(former, session);
          }
          return session;
        });
  }

  private void replace(AgentSession former, AgentSession session) {
    if (!former.agent().bootId().equals(session.agent().bootId())) {
      throw Status.ALREADY_EXISTS
          .withDescription(
              "host '"
                  + session.host()
                  + "' is connected already, from another boot: if it was rebooted, this heals"
                  + " within "
                  + settings.silenceMillis() / 1000
                  + " s; otherwise two machines use one certificate")
          .asRuntimeException();
    }
    log.warn("a new stream of host {} replaces its former one", session.host());
    former.close(Status.ABORTED.withDescription("a new stream of this host took its place"));
  }

  boolean isCurrent(AgentSession session) {
    return Objects.equals(sessions.get(session.host()), session);
  }

  /** Ends a stream; its host is lost unless a newer stream took its place. */
  void end(AgentSession session, Status status, String reason) {
    session.close(status);
    if (sessions.remove(session.host(), session)) {
      log.info("host {} is lost: {}", session.host(), reason);
      var _ = cluster.submit(new AgentLost(session.host(), reason));
    }
  }

  /** Renews all leases and ends streams that have been silent for too long. */
  void tick() {
    long now = nanoTime.getAsLong();
    long silenceNanos = TimeUnit.MILLISECONDS.toNanos(settings.silenceMillis());
    boolean leads = leadership.renew();
    for (AgentSession session : sessions.values()) {
      if (session.silentNanos(now) > silenceNanos) {
        String reason = "silent for " + TimeUnit.NANOSECONDS.toMillis(silenceNanos) + " ms";
        end(session, Status.DEADLINE_EXCEEDED.withDescription(reason), reason);
      } else if (leads) {
        session.renew(leadership.term().value());
      }
    }
  }

  /** Ends all streams. */
  void closeAll() {
    for (AgentSession session : sessions.values()) {
      session.close(Status.UNAVAILABLE.withDescription("the coordinator is stopping"));
    }
    sessions.clear();
  }
}
