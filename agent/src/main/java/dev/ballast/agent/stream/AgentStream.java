package dev.ballast.agent.stream;

import dev.ballast.agent.command.CommandPipeline;
import dev.ballast.agent.config.AgentConfig;
import dev.ballast.agent.host.clock.BootClock;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.v1.AgentGatewayGrpc;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.CommandReceived;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.Hello;
import dev.ballast.v1.Telemetry;
import dev.ballast.v1.Welcome;
import dev.ballast.wire.CommandCodec;
import dev.ballast.wire.ContractVersion;
import dev.ballast.wire.Features;
import dev.ballast.wire.ModelCodec;
import dev.ballast.wire.ObservationCodec;
import dev.ballast.wire.ProgressCodec;
import dev.ballast.wire.TlsException;
import dev.ballast.wire.WireException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a stream to the coordinator: opens it, drains the outbox into it as fast as it takes, hands
 * commands to the pipeline, and opens another after a bounded pause when it breaks, for ever.
 */
public final class AgentStream implements AutoCloseable {
  static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** After a refusal, which only people can mend, the agent tries again this slowly. */
  static final Duration REFUSED_PAUSE = Duration.ofSeconds(30);

  /** A coordinator that is silent for this long after the greeting is left. */
  private static final int WELCOME_SECONDS = 15;

  private static final long INTERVAL_LOW_MILLIS = 100;
  private static final long INTERVAL_HIGH_MILLIS = 60_000;
  private static final Logger log = LoggerFactory.getLogger(AgentStream.class);

  private final AgentConfig config;
  private final BootClock clock;
  private final Greeting greeting;
  private final CommandPipeline pipeline;
  private final Questions questions;
  private final Outbox outbox;
  private final LongConsumer intervalMillis;
  private final String version;
  private final EventLoopGroup eventLoop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Semaphore ended = new Semaphore(0);
  private volatile boolean closed;
  private volatile Session session = new Session();
  private String lastComplaint = "";

  /**
   * @param intervalMillis told how often the coordinator wants telemetry
   */
  public AgentStream(
      AgentConfig config,
      BootClock clock,
      Greeting greeting,
      CommandPipeline pipeline,
      Questions questions,
      Outbox outbox,
      LongConsumer intervalMillis,
      String version) {
    this.config = config;
    this.clock = clock;
    this.greeting = greeting;
    this.pipeline = pipeline;
    this.questions = questions;
    this.outbox = outbox;
    this.intervalMillis = intervalMillis;
    this.version = version;
  }

  /** Begins, in the background. */
  public void start() {
    outbox.onAvailable(() -> session.drain());
    Thread.ofPlatform().daemon().name("stream").start(this::keep);
  }

  /** Whether the coordinator has said welcome on a stream that is up. */
  public boolean connected() {
    return session.up();
  }

  private void keep() {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      Session now = new Session();
      boolean welcomed = now.run();
      if (now.refused) {
        pause = REFUSED_PAUSE;
      } else if (welcomed) {
        pause = FIRST_PAUSE;
      }
      sleep(pause);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }
  }

  private void sleep(Duration pause) {
    try {
      long jitter = ThreadLocalRandom.current().nextLong(pause.toMillis() / 4 + 1);
      if (ended.tryAcquire(pause.toMillis() + jitter, TimeUnit.MILLISECONDS)) {
        ended.drainPermits();
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private void complain(String complaint) {
    if (!complaint.equals(lastComplaint)) {
      log.warn("coordinator {}: {} (trying again)", config.coordinator(), complaint);
      lastComplaint = complaint;
    }
  }

  @Override
  public void close() {
    closed = true;
    session.end();
    ended.release();
    var _ = eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** One stream from its beginning to its end. */
  private final class Session implements ClientResponseObserver<AgentMessage, CoordinatorMessage> {
    private final Semaphore finished = new Semaphore(0);
    private volatile boolean welcomed;
    private volatile boolean refused;
    private volatile boolean over;
    private volatile ClientCallStreamObserver<AgentMessage> requests = Silent.observer();

    /** Whether the coordinator said welcome before the stream ended. */
    boolean run() {
      ManagedChannel channel;
      try {
        channel = CoordinatorChannel.open(config, eventLoop);
      } catch (TlsException e) {
        refused = true;
        complain(String.valueOf(e.getMessage()));
        return false;
      }
      try {
        session = this;
        var _ = AgentGatewayGrpc.newStub(channel).connect(this);
        send(AgentMessage.newBuilder().setHello(hello()));
        if (!finished.tryAcquire(WELCOME_SECONDS, TimeUnit.SECONDS)) {
          awaitEnd();
        }
      } catch (InterruptedException e) {
        closed = true;
      } finally {
        channel.shutdownNow();
      }
      return welcomed;
    }

    boolean up() {
      return welcomed && !over;
    }

    private void awaitEnd() throws InterruptedException {
      if (!welcomed && !closed) {
        complain("it did not answer the agent's greeting in " + WELCOME_SECONDS + " s");
        end();
      }
      finished.acquire();
    }

    private Hello hello() {
      return Hello.newBuilder()
          .setHost(config.host().value())
          .setContractVersion(ContractVersion.CURRENT)
          .setOldestContractVersion(ContractVersion.OLDEST)
          .setAgentVersion(version)
          .setBootId(clock.bootId())
          .setHighestTerm(greeting.highestTerm())
          .setLowWaterMark(greeting.lowWaterMark())
          .setLastCommandId(greeting.lastCommandId())
          .setInventory(ModelCodec.toProto(greeting.inventory()))
          .setObservation(ObservationCodec.toProto(greeting.observation()))
          .setObserveOnly(config.observeOnly())
          .addFeatures(Features.DOMAIN_QUERY)
          .addFeatures(Features.COMMIT_CONFIRMED)
          .build();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AgentMessage> stream) {
      requests = stream;
      stream.disableAutoRequestWithInitial(1);
      stream.setOnReadyHandler(this::drain);
    }

    /** Sends what waits, as long as the transport takes it without buffering. */
    void drain() {
      synchronized (this) {
        while (welcomed && requests.isReady()) {
          Optional<Outbox.Item> item = outbox.poll();
          if (item.isEmpty()) {
            return;
          }
          send(message(item.get()));
        }
      }
    }

    private AgentMessage.Builder message(Outbox.Item item) {
      AgentMessage.Builder message = AgentMessage.newBuilder();
      return switch (item) {
        case Outbox.Item.Result(var result) -> message.setOutcome(WireFormat.toProto(result));
        case Outbox.Item.Received(long id) ->
            message.setReceived(CommandReceived.newBuilder().setCommandId(id));
        case Outbox.Item.Alert(var alert) -> message.setAlert(ModelCodec.toProto(alert));
        case Outbox.Item.Observed(var observation) ->
            message.setObservation(ObservationCodec.toProto(observation));
        case Outbox.Item.Answer(var answer) -> message.setDomainAnswer(WireFormat.toProto(answer));
        case Outbox.Item.Load(var load) ->
            message.setTelemetry(Telemetry.newBuilder().setLoad(ModelCodec.toProto(load)));
        case Outbox.Item.Progress(var progress) ->
            message.setProgress(ProgressCodec.toProto(progress));
      };
    }

    private synchronized void send(AgentMessage.Builder message) {
      try {
        requests.onNext(message.setStampMillis(clock.stampMillis()).build());
      } catch (IllegalStateException e) {
        // Cancelled between the question and the answer; results go again on the next stream.
        log.debug("not sent: {}", e.getMessage());
      }
    }

    @Override
    public void onNext(CoordinatorMessage message) {
      try {
        receive(message);
      } finally {
        requests.request(1);
      }
    }

    private void receive(CoordinatorMessage message) {
      switch (message.getMessageCase()) {
        case WELCOME -> welcome(message.getWelcome());
        case COMMAND -> command(message.getCommand());
        case OUTCOME_ACKNOWLEDGED ->
            pipeline.acknowledged(message.getOutcomeAcknowledged().getCommandId());
        case LEASE_RENEWAL -> log.trace("lease renewed");
        case OUTCOME_QUERY -> pipeline.query(message.getOutcomeQuery().getCommandId());
        case ABORT ->
            pipeline.abort(message.getAbort().getCommandId(), message.getAbort().getTerm());
        case DOMAIN_QUERY ->
            questions.ask(
                message.getDomainQuery().getQueryId(), message.getDomainQuery().getDomain());
        case MESSAGE_NOT_SET -> log.warn("ignoring a message that this agent does not know");
      }
    }

    private void welcome(Welcome welcome) {
      if (welcome.getTerm() < greeting.highestTerm()) {
        refused = true;
        complain(
            "its term "
                + welcome.getTerm()
                + " is older than "
                + greeting.highestTerm()
                + ": it has been deposed, or its store was restored; see 'recover'");
        end();
        return;
      }
      lastComplaint = "";
      log.info(
          "connected to cluster {} at {}, term {}",
          welcome.getCluster(),
          config.coordinator(),
          welcome.getTerm());
      pipeline.leader(welcome.getTerm(), welcome.getLeaseMillis());
      intervalMillis.accept(
          Math.clamp(
              welcome.getTelemetryIntervalMillis(), INTERVAL_LOW_MILLIS, INTERVAL_HIGH_MILLIS));
      outbox.rewind();
      outbox.observation(greeting.observation());
      welcomed = true;
      drain();
    }

    private void command(dev.ballast.v1.Command command) {
      try {
        pipeline.submit(CommandCodec.fromProto(command));
      } catch (WireException e) {
        pipeline.submitUnreadable(
            command.getId(),
            command.getTerm(),
            command.getActionsCount(),
            String.valueOf(e.getMessage()));
      }
    }

    void end() {
      requests.cancel("the agent ends the stream", null);
    }

    @Override
    public void onError(Throwable failure) {
      over = true;
      Status status = Status.fromThrowable(failure);
      switch (status.getCode()) {
        case FAILED_PRECONDITION, PERMISSION_DENIED, UNAUTHENTICATED -> refused = true;
        default -> log.debug("stream ended: {}", status);
      }
      if (!closed) {
        complain(reason(status));
      }
      finished.release();
    }

    private String reason(Status status) {
      Throwable cause = status.getCause();
      String text = String.valueOf(status.getDescription());
      return status.getCode()
          + ": "
          + text
          + (cause == null || text.contains(String.valueOf(cause.getMessage()))
              ? ""
              : ": " + cause.getMessage());
    }

    @Override
    public void onCompleted() {
      over = true;
      complain("it ended the stream");
      finished.release();
    }
  }
}
