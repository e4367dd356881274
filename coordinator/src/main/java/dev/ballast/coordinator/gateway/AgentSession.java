package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.cluster.AgentInfo;
import dev.ballast.core.action.Command;
import dev.ballast.core.model.HostName;
import dev.ballast.v1.AbortCommand;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.DomainQuery;
import dev.ballast.v1.LeaseRenewal;
import dev.ballast.v1.OutcomeAcknowledged;
import dev.ballast.v1.OutcomeQuery;
import dev.ballast.v1.Welcome;
import dev.ballast.wire.CommandCodec;
import dev.ballast.wire.Features;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One stream of one agent, after its hello.
 *
 * <p>Stamps: the newest one that arrived becomes usable with the next renewal of the lease, so a
 * command always carries one from before the renewal.
 */
final class AgentSession {
  private final HostName host;
  private final AgentInfo agent;
  private final SendQueue queue;
  private final AtomicLong newestStampMillis;
  private volatile long heardNanos;
  private volatile long leaseStampMillis;
  // Guarded by this.
  private boolean welcomed;
  private long queriedUpTo;

  AgentSession(HostName host, AgentInfo agent, SendQueue queue, long stampMillis, long nowNanos) {
    this.host = host;
    this.agent = agent;
    this.queue = queue;
    this.newestStampMillis = new AtomicLong(stampMillis);
    this.leaseStampMillis = stampMillis;
    this.heardNanos = nowNanos;
  }

  HostName host() {
    return host;
  }

  AgentInfo agent() {
    return agent;
  }

  /** Takes the stamp of a message that arrived. */
  void heard(long stampMillis, long nowNanos) {
    newestStampMillis.accumulateAndGet(stampMillis, Math::max);
    heardNanos = nowNanos;
  }

  long silentNanos(long nowNanos) {
    return nowNanos - heardNanos;
  }

  /** Welcomes the agent and asks what became of the commands it was sent before. */
  synchronized boolean welcome(Welcome welcome, List<Long> outstanding) {
    boolean sent = queue.offer(CoordinatorMessage.newBuilder().setWelcome(welcome).build());
    for (long id : outstanding) {
      queriedUpTo = Math.max(queriedUpTo, id);
      OutcomeQuery query = OutcomeQuery.newBuilder().setCommandId(id).build();
      sent &= queue.offer(CoordinatorMessage.newBuilder().setOutcomeQuery(query).build());
    }
    welcomed = sent;
    return sent;
  }

  /**
   * Sends a command with the term given and this stream's stamp. One whose outcome was asked for on
   * this stream is not sent any more: the agent may have answered that it never had it. An agent of
   * before commit-confirmed gets it as a plain command.
   */
  synchronized boolean send(Command command, long term) {
    if (!welcomed || agent.observeOnly() || command.id() <= queriedUpTo) {
      return false;
    }
    Command stamped =
        new Command(
            command.id(),
            term,
            leaseStampMillis,
            agent.bootId(),
            command.deadlineMillis(),
            command.dryRun(),
            agent.features().contains(Features.COMMIT_CONFIRMED)
                ? command.confirmWithinMillis()
                : Optional.empty(),
            command.actions());
    return queue.offer(
        CoordinatorMessage.newBuilder().setCommand(CommandCodec.toProto(stamped)).build());
  }

  /** Asks for a migration to be given up; false when the agent does not read. */
  boolean abort(long commandId, long term) {
    AbortCommand abort = AbortCommand.newBuilder().setTerm(term).setCommandId(commandId).build();
    return queue.offer(CoordinatorMessage.newBuilder().setAbort(abort).build());
  }

  /** Asks how domains are defined, which is no command; false when the question did not leave. */
  synchronized boolean ask(DomainQuery query) {
    return welcomed && queue.offer(CoordinatorMessage.newBuilder().setDomainQuery(query).build());
  }

  /** Renews the lease: tells the agent the newest stamp, which commands carry from now on. */
  void renew(long term) {
    long stampMillis = newestStampMillis.get();
    leaseStampMillis = stampMillis;
    LeaseRenewal renewal =
        LeaseRenewal.newBuilder().setTerm(term).setStampMillis(stampMillis).build();
    queue.offer(CoordinatorMessage.newBuilder().setLeaseRenewal(renewal).build());
  }

  /** Tells the agent that the outcome is stored; false when it does not read. */
  boolean acknowledge(long commandId) {
    OutcomeAcknowledged acknowledged =
        OutcomeAcknowledged.newBuilder().setCommandId(commandId).build();
    return queue.offer(
        CoordinatorMessage.newBuilder().setOutcomeAcknowledged(acknowledged).build());
  }

  /** Ends the stream; says whether it had not ended before. */
  boolean close(Status status) {
    return queue.close(status);
  }
}
