package dev.ballast.agent;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.ballast.agent.command.CommandFormat;
import dev.ballast.agent.command.CommandLog;
import dev.ballast.agent.command.CommandPipeline;
import dev.ballast.agent.command.CrashPoints;
import dev.ballast.agent.command.FreezeList;
import dev.ballast.agent.command.Restoration;
import dev.ballast.agent.command.VolatileState;
import dev.ballast.agent.config.AgentConfig;
import dev.ballast.agent.executor.Executors;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.MigrationPolicy;
import dev.ballast.agent.executor.Waiting;
import dev.ballast.agent.host.clock.BootClock;
import dev.ballast.agent.host.clock.HostClock;
import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.libvirt.GuestTimeCalls;
import dev.ballast.agent.host.libvirt.Libvirt;
import dev.ballast.agent.host.libvirt.LibvirtConnection;
import dev.ballast.agent.host.libvirt.LibvirtReads;
import dev.ballast.agent.host.systemd.SystemdNotifier;
import dev.ballast.agent.inventory.OnlineCpus;
import dev.ballast.agent.journal.Journal;
import dev.ballast.agent.journal.StateDirectory;
import dev.ballast.agent.metrics.AgentCounters;
import dev.ballast.agent.metrics.AgentMetrics;
import dev.ballast.agent.observation.DefinitionReader;
import dev.ballast.agent.observation.HostObserver;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.agent.practice.FactsReader;
import dev.ballast.agent.practice.OwnersReader;
import dev.ballast.agent.stream.AgentStream;
import dev.ballast.agent.stream.ConfirmationCall;
import dev.ballast.agent.stream.Greeting;
import dev.ballast.agent.stream.WireFormat;
import dev.ballast.agent.telemetry.Collectors;
import dev.ballast.agent.telemetry.GuestClocks;
import dev.ballast.agent.telemetry.SpikeDetector;
import dev.ballast.agent.telemetry.TelemetryLoop;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostObservation;
import dev.ballast.metrics.MetricsEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/** Binds the daemon's parts to each other. */
final class AgentModule extends AbstractModule {
  private final AgentConfig config;
  private final StateDirectory state;

  AgentModule(AgentConfig config, StateDirectory state) {
    this.config = config;
    this.state = state;
  }

  @Override
  protected void configure() {
    install(new HostModule(config));
    bind(AgentConfig.class).toInstance(config);
    bind(Outbox.class).toInstance(new Outbox());
    bind(CommandFormat.class).to(WireFormat.class);
    bind(Libvirt.class).to(LibvirtReads.class);
    bind(HostClock.class).toInstance(HostClock.system());
    bind(SystemdNotifier.class).toInstance(new SystemdNotifier(System.getenv()));
    bind(FreezeList.class).toInstance(new FreezeList(state.path()));
    bind(WireFormat.class).toInstance(new WireFormat());
    bind(AgentCounters.class).toInstance(new AgentCounters());
  }

  @Provides
  @Singleton
  HostObserver hostObserver(
      HostReader host,
      Libvirt libvirt,
      FreezeList freeze,
      StableInventory inventory,
      KernelFiles files,
      TimeSync time,
      Outbox outbox) {
    FactsReader facts = new FactsReader(time, new OwnersReader(files), System::nanoTime);
    return new HostObserver(
        host,
        libvirt,
        freeze,
        inventory::lacks,
        facts::read,
        outbox::observation,
        Duration.ofMillis(config.sweepIntervalMillis()));
  }

  @Provides
  @Singleton
  CommandLog commandLog(CommandFormat format, AgentCounters counters) throws IOException {
    CommandLog commands = new CommandLog(Journal.open(state.path()), format);
    commands.onResult(counters::result);
    return commands;
  }

  @Provides
  @Singleton
  Waiting waiting() {
    return Waiting.real();
  }

  @Provides
  @Singleton
  Executors executors(Waiting waiting) {
    return new Executors(waiting, migrationPolicy());
  }

  @Provides
  @Singleton
  VolatileState volatileState(CommandFormat format, BootClock clock) {
    return new VolatileState(state.path(), format, clock.bootId());
  }

  @Provides
  @Singleton
  Restoration restoration(
      VolatileState kept,
      Executors executors,
      HostReader host,
      HostWriter writer,
      FreezeList freeze) {
    return new Restoration(kept, executors, host, writer, freeze, config.observeOnly());
  }

  @Provides
  @Singleton
  CommandPipeline commandPipeline(
      CommandLog commands,
      CommandFormat format,
      HostReader host,
      HostWriter writer,
      FreezeList freeze,
      BootClock clock,
      Executors executors,
      Waiting waiting,
      VolatileState kept,
      Outbox outbox) {
    return new CommandPipeline(
        new CommandPipeline.Parts(
            commands,
            format,
            executors,
            host,
            writer,
            freeze,
            clock,
            waiting,
            outbox,
            config.observeOnly(),
            kept,
            new ConfirmationCall(config),
            CrashPoints.NONE));
  }

  private MigrationPolicy migrationPolicy() {
    return config
        .migration()
        .map(m -> new MigrationPolicy(config.host(), true, m.tls(), m.unsafe()))
        .orElseGet(() -> MigrationPolicy.none(config.host()));
  }

  @Provides
  @Singleton
  GuestClocks guestClocks(GuestTimeCalls calls, HostObserver observer) {
    return new GuestClocks(
        calls, () -> observer.livePins().keySet(), config.guestClockIntervalMillis());
  }

  @Provides
  @Singleton
  TelemetryLoop telemetryLoop(
      KernelFiles files,
      HostClock clock,
      HostObserver observer,
      OnlineCpus onlineCpus,
      StableInventory inventory,
      GuestClocks clocks,
      Outbox outbox,
      AgentCounters counters) {
    Consumer<HostLoad> told = both(outbox::load, counters::load);
    return new TelemetryLoop(
        new Collectors(files, clock, config.capacityCgroup()),
        new SpikeDetector(config.spike()),
        new TelemetryLoop.Host(observer::livePins, onlineCpus, inventory::capacityMillis),
        new TelemetryLoop.Sinks(
            load -> told.accept(clocks.in(load)), both(outbox::alert, counters::alert)),
        config.telemetryIntervalMillis());
  }

  private static <T> Consumer<T> both(Consumer<T> first, Consumer<T> second) {
    return first.andThen(second);
  }

  @Provides
  @Singleton
  MetricsEndpoint metricsEndpoint(
      AgentCounters counters,
      HostObserver observer,
      Outbox outbox,
      AgentStream stream,
      LibvirtConnection libvirt,
      CommandPipeline pipeline,
      CommandLog commands,
      StableInventory inventory,
      TimeSync time,
      KernelFiles files) {
    return new MetricsEndpoint(
        config.metrics().map(at -> InetSocketAddress.createUnresolved(at.host(), at.port())),
        () ->
            AgentMetrics.registry(
                new AgentMetrics.Sources(
                    counters,
                    observer::latest,
                    outbox::depth,
                    stream::connected,
                    () -> libvirt.lack().isEmpty(),
                    pipeline::runningCount,
                    commands::sizeBytes,
                    inventory::capacityMillis,
                    time::figures,
                    files,
                    ProgramVersion.text())));
  }

  @Provides
  @Singleton
  Greeting greeting(StableInventory inventory, HostObserver observer, CommandLog commands) {
    return new Greeting() {
      @Override
      public HostInventory inventory() {
        return inventory.refreshed();
      }

      @Override
      public HostObservation observation() {
        return observer.latest();
      }

      @Override
      public long highestTerm() {
        return commands.highestTerm();
      }

      @Override
      public long lowWaterMark() {
        return commands.lowWater();
      }

      @Override
      public long lastCommandId() {
        return commands.lastId();
      }
    };
  }

  @Provides
  @Singleton
  AgentStream agentStream(
      BootClock clock,
      Greeting greeting,
      CommandPipeline pipeline,
      Libvirt libvirt,
      HostReader host,
      Outbox outbox,
      TelemetryLoop telemetry) {
    return new AgentStream(
        config,
        clock,
        greeting,
        pipeline,
        new DefinitionReader(DefinitionReader.Source.of(libvirt, host), outbox::answer)::ask,
        outbox,
        telemetry::interval,
        ProgramVersion.text());
  }
}
