package dev.ballast.coordinator;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import com.google.inject.name.Named;
import dev.ballast.coordinator.api.ApiSettings;
import dev.ballast.coordinator.api.ApiStores;
import dev.ballast.coordinator.api.OperatorService;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent.DesiredChanged;
import dev.ballast.coordinator.cluster.ClusterListener;
import dev.ballast.coordinator.cluster.DefinitionQueries;
import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.HeldObjects;
import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.coordinator.control.ControlLoop;
import dev.ballast.coordinator.control.ControlSettings;
import dev.ballast.coordinator.control.ControlStores;
import dev.ballast.coordinator.control.KsmKeeper;
import dev.ballast.coordinator.control.RebalanceSettings;
import dev.ballast.coordinator.control.Rebalancer;
import dev.ballast.coordinator.execution.CommandSender;
import dev.ballast.coordinator.execution.ExecutionSettings;
import dev.ballast.coordinator.execution.ExecutionStores;
import dev.ballast.coordinator.execution.Executor;
import dev.ballast.coordinator.execution.InverseDefinition;
import dev.ballast.coordinator.execution.ThreadTaskLoop;
import dev.ballast.coordinator.gateway.PeerInterceptor;
import dev.ballast.coordinator.lifecycle.Part;
import dev.ballast.coordinator.store.ClusterIdentity;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.core.balance.CostedRelief;
import dev.ballast.core.balance.ObservedRelief;
import dev.ballast.core.balance.RepinRelief;
import dev.ballast.core.demand.DemandPolicy;
import dev.ballast.core.placement.BestFitPlacer;
import dev.ballast.wire.PeerIdentity;
import io.grpc.BindableService;
import java.time.Clock;

/** Binds what carries out plans and what operators call. */
final class OperationsModule extends AbstractModule {
  /** The name of calls in plaintext, which come from this machine. */
  private static final String LOCAL_OPERATOR = "local";

  @Override
  protected void configure() {
    OptionalBinder.newOptionalBinder(binder(), HeldObjects.class).setBinding().to(Executor.class);
    Multibinder<ClusterListener> listeners =
        Multibinder.newSetBinder(binder(), ClusterListener.class);
    listeners.addBinding().to(Executor.class);
    listeners.addBinding().to(ControlLoop.class);
    Multibinder<Part> parts = Multibinder.newSetBinder(binder(), Part.class);
    parts.addBinding().to(ExecutionPart.class);
    parts.addBinding().to(ControlPart.class);
    Multibinder.newSetBinder(binder(), BindableService.class)
        .addBinding()
        .to(OperatorService.class);
  }

  /** Takes up what was running, and stops the loop at the end. */
  static final class ExecutionPart implements Part {
    private final Executor executor;
    private final ThreadTaskLoop loop;

    ExecutionPart(Executor executor, ThreadTaskLoop loop) {
      this.executor = executor;
      this.loop = loop;
    }

    @Override
    public void start() {
      executor.recover();
    }

    @Override
    public void close() {
      loop.close();
    }
  }

  /** Hears of loads and sweeps, and stops the loop at the end. */
  static final class ControlPart implements Part {
    private final ControlLoop control;
    private final Cluster cluster;
    private final Rebalancer rebalancer;
    private final KsmKeeper ksm;
    private final ThreadTaskLoop loop;

    ControlPart(
        ControlLoop control,
        Rebalancer rebalancer,
        KsmKeeper ksm,
        Cluster cluster,
        ThreadTaskLoop loop) {
      this.ksm = ksm;
      this.control = control;
      this.rebalancer = rebalancer;
      this.cluster = cluster;
      this.loop = loop;
    }

    @Override
    public void start() {
      cluster.addLoadListener(control);
      control.start();
      rebalancer.start();
      ksm.start();
    }

    @Override
    public void close() {
      loop.close();
    }
  }

  @Provides
  @Singleton
  ControlPart controlPart(
      ControlLoop control,
      Rebalancer rebalancer,
      KsmKeeper ksm,
      Cluster cluster,
      @Named("control") ThreadTaskLoop loop) {
    return new ControlPart(control, rebalancer, ksm, cluster, loop);
  }

  @Provides
  @Singleton
  KsmKeeper ksmKeeper(
      Cluster cluster,
      LeaderDatabase database,
      EventLog events,
      Executor executor,
      @Named("control") ThreadTaskLoop loop,
      CoordinatorConfig config) {
    return new KsmKeeper(
        cluster,
        ControlStores.of(database),
        events,
        executor::start,
        executor::isIdle,
        loop,
        config.ksm());
  }

  @Provides
  @Singleton
  Rebalancer rebalancer(
      Cluster cluster,
      LeaderDatabase database,
      EventLog events,
      Executor executor,
      ControlLoop control,
      @Named("control") ThreadTaskLoop loop,
      CoordinatorConfig config) {
    return new Rebalancer(
        cluster,
        ControlStores.of(database),
        events,
        executor::start,
        executor::isIdle,
        control,
        loop,
        new RebalanceSettings(
            config.planning(), config.schedule(), config.relief(), DemandPolicy.DEFAULT));
  }

  @Provides
  @Singleton
  @Named("control")
  ThreadTaskLoop controlTaskLoop(Clock clock) {
    return new ThreadTaskLoop("control", clock);
  }

  @Provides
  @Singleton
  ControlLoop controlLoop(
      Cluster cluster,
      LeaderDatabase database,
      EventLog events,
      Executor executor,
      @Named("control") ThreadTaskLoop loop,
      CoordinatorConfig config) {
    return new ControlLoop(
        cluster,
        ControlStores.of(database),
        events,
        executor::start,
        new ObservedRelief(
            new CostedRelief(
                new RepinRelief(), new BestFitPlacer(), config.planning().placement())),
        loop,
        ControlSettings.ofRelief(config.relief()));
  }

  @Provides
  @Singleton
  ExecutionPart executionPart(Executor executor, @Named("execution") ThreadTaskLoop loop) {
    return new ExecutionPart(executor, loop);
  }

  @Provides
  @Singleton
  @Named("execution")
  ThreadTaskLoop executionLoop(Clock clock) {
    return new ThreadTaskLoop("execution", clock);
  }

  @Provides
  @Singleton
  Executor executor(
      LeaderDatabase database,
      EventLog events,
      Cluster cluster,
      CommandSender sender,
      @Named("execution") ThreadTaskLoop loop,
      CoordinatorConfig config) {
    return new Executor(
        ExecutionStores.of(database),
        events,
        cluster::snapshot,
        (changes, operation) -> cluster.submit(new DesiredChanged(changes, operation)),
        sender,
        loop,
        ExecutionSettings.ofLease(config.leaseMillis()),
        new InverseDefinition(cluster::snapshot));
  }

  @Provides
  @Singleton
  OperatorService operatorService(
      Cluster cluster,
      Executor executor,
      LeaderDatabase database,
      EventLog events,
      ClusterIdentity identity,
      Clock clock,
      CoordinatorConfig config,
      DefinitionQueries definitions) {
    return new OperatorService(
        cluster,
        executor,
        ApiStores.of(database),
        events,
        () -> PeerInterceptor.peer().map(PeerIdentity::name).orElse(LOCAL_OPERATOR),
        new ApiSettings(identity.name(), ProgramVersion.build(), config.planning()),
        clock,
        definitions);
  }
}
