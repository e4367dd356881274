package dev.ballast.coordinator;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterListener;
import dev.ballast.coordinator.cluster.ClusterStores;
import dev.ballast.coordinator.cluster.DefinitionQueries;
import dev.ballast.coordinator.cluster.DriftWatch;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.EventNarrator;
import dev.ballast.coordinator.cluster.HeldObjects;
import dev.ballast.coordinator.cluster.LoadHistory;
import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.coordinator.execution.CommandSender;
import dev.ballast.coordinator.gateway.AgentGatewayService;
import dev.ballast.coordinator.gateway.AgentQueries;
import dev.ballast.coordinator.gateway.AgentSessions;
import dev.ballast.coordinator.gateway.GatewaySettings;
import dev.ballast.coordinator.leadership.Leadership;
import dev.ballast.coordinator.lifecycle.Part;
import dev.ballast.coordinator.metrics.CoordinatorMetrics;
import dev.ballast.coordinator.metrics.MetricsPart;
import dev.ballast.coordinator.store.ClusterIdentity;
import dev.ballast.coordinator.store.CommandStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.DecisionStore;
import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.OperationStore;
import dev.ballast.coordinator.store.PlanStore;
import dev.ballast.metrics.MetricsEndpoint;
import io.grpc.BindableService;
import java.net.InetSocketAddress;
import java.time.Clock;

/** Binds the coordinator's parts to each other. */
final class CoordinatorModule extends AbstractModule {
  private final CoordinatorConfig config;
  private final LeaderDatabase leader;
  private final Leadership leadership;
  private final ClusterIdentity identity;
  private final Clock clock;

  CoordinatorModule(
      CoordinatorConfig config,
      LeaderDatabase leader,
      Leadership leadership,
      ClusterIdentity identity,
      Clock clock) {
    this.config = config;
    this.leader = leader;
    this.leadership = leadership;
    this.identity = identity;
    this.clock = clock;
  }

  @Override
  protected void configure() {
    binder().requireExplicitBindings();
    install(new OperationsModule());
    bind(CoordinatorConfig.class).toInstance(config);
    bind(Database.class).toInstance(leader.database());
    bind(LeaderDatabase.class).toInstance(leader);
    bind(Leadership.class).toInstance(leadership);
    bind(ClusterIdentity.class).toInstance(identity);
    bind(Clock.class).toInstance(clock);
    bind(CommandSender.class).to(AgentSessions.class);
    OptionalBinder.newOptionalBinder(binder(), HeldObjects.class)
        .setDefault()
        .toInstance((host, object) -> false);
    Multibinder.newSetBinder(binder(), BindableService.class)
        .addBinding()
        .to(AgentGatewayService.class);
    Multibinder.newSetBinder(binder(), ClusterListener.class).addBinding().to(EventNarrator.class);
    Multibinder<Part> parts = Multibinder.newSetBinder(binder(), Part.class);
    parts.addBinding().to(DriftWatch.class);
    parts.addBinding().to(MetricsPart.class);
  }

  @Provides
  @Singleton
  CommandStore commandStore() {
    return new CommandStore(leader);
  }

  @Provides
  @Singleton
  PlanStore planStore() {
    return new PlanStore(leader);
  }

  @Provides
  @Singleton
  OperationStore operationStore() {
    return new OperationStore(leader);
  }

  @Provides
  @Singleton
  DecisionStore decisionStore() {
    return new DecisionStore(leader);
  }

  @Provides
  @Singleton
  EventLog eventLog() {
    return new EventLog(new EventStore(leader), clock);
  }

  @Provides
  @Singleton
  EventNarrator eventNarrator(EventLog log) {
    return new EventNarrator(log);
  }

  @Provides
  @Singleton
  LoadHistory loadHistory() {
    return new LoadHistory();
  }

  @Provides
  @Singleton
  Cluster cluster(LoadHistory history) {
    return new Cluster(ClusterStores.of(leader), leader.term(), history, clock);
  }

  @Provides
  @Singleton
  DriftWatch driftWatch(Cluster cluster, HeldObjects held, EventLog events) {
    return new DriftWatch(cluster::snapshot, held, events, System::nanoTime);
  }

  @Provides
  @Singleton
  CoordinatorMetrics coordinatorMetrics(
      Cluster cluster, DriftWatch drift, PlanStore plans, EventLog events) {
    Database database = leader.database();
    CoordinatorMetrics metrics =
        new CoordinatorMetrics(
            new CoordinatorMetrics.Sources(
                cluster::snapshot,
                cluster::seenEpochMillis,
                () -> drift.current().size(),
                plans::countByState,
                () -> database.problem().isEmpty(),
                leadership::mayCommand,
                leader.term().value(),
                leadership.leaseMillis(),
                clock::millis,
                ProgramVersion.build()));
    events.onEvent(metrics::event);
    database.onWrite(metrics::write);
    return metrics;
  }

  @Provides
  @Singleton
  MetricsPart metrics(CoordinatorMetrics metrics) {
    return new MetricsPart(
        new MetricsEndpoint(
            config.metrics().map(at -> InetSocketAddress.createUnresolved(at.address(), at.port())),
            metrics::registry));
  }

  @Provides
  @Singleton
  GatewaySettings gatewaySettings() {
    return new GatewaySettings(identity.name(), config.telemetryIntervalMillis());
  }

  @Provides
  @Singleton
  AgentSessions agentSessions(Cluster cluster, GatewaySettings settings) {
    return new AgentSessions(cluster, leadership, settings, System::nanoTime);
  }

  /** Longer than an agent waits for libvirt. */
  private static final long DEFINITION_TIMEOUT_MILLIS = 12_000;

  @Provides
  @Singleton
  DefinitionQueries definitionQueries(AgentSessions sessions) {
    return new AgentQueries(sessions, DEFINITION_TIMEOUT_MILLIS);
  }

  @Provides
  @Singleton
  AgentGatewayService agentGateway(
      Cluster cluster, CommandStore commands, AgentSessions sessions, GatewaySettings settings) {
    return new AgentGatewayService(
        cluster, commands, leadership, sessions, settings, clock, System::nanoTime);
  }
}
