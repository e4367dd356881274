package dev.ballast.coordinator;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterListener;
import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.coordinator.gateway.AgentGatewayService;
import dev.ballast.coordinator.gateway.GrpcServer;
import dev.ballast.coordinator.gateway.PeerInterceptor;
import dev.ballast.coordinator.leadership.Leadership;
import dev.ballast.coordinator.lifecycle.Part;
import dev.ballast.coordinator.store.ClusterIdentity;
import dev.ballast.coordinator.store.ClusterStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.wire.TlsException;
import io.grpc.BindableService;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A coordinator from its configuration: opened, started, stopped. */
final class Coordinator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Coordinator.class);

  private final Injector injector;
  private final GrpcServer server;

  private Coordinator(Injector injector, GrpcServer server) {
    this.injector = injector;
    this.server = server;
  }

  /**
   * Opens the store, takes the leadership and prepares all parts; nothing runs yet.
   *
   * @throws dev.ballast.coordinator.store.StoreException when the store cannot be used
   * @throws TlsException when a certificate or key cannot be used
   */
  static Coordinator open(CoordinatorConfig config) throws TlsException, IOException {
    ClusterName name = ClusterName.of(config);
    Database database = SqliteDatabase.open(config.stateDir());
    try {
      Clock clock = Clock.systemUTC();
      Leadership leadership =
          Leadership.take(
              new LeadershipStore(database),
              config.leaseMillis(),
              clock.millis(),
              System::nanoTime);
      LeaderDatabase leader = new LeaderDatabase(database, leadership.term());
      ClusterIdentity identity = new ClusterStore(leader).create(name.value(), config.automation());
      log.info("cluster {} ({}), store in {}", identity.name(), identity.uuid(), config.stateDir());
      Injector injector =
          Guice.createInjector(
              Stage.PRODUCTION, new CoordinatorModule(config, leader, leadership, identity, clock));
      return new Coordinator(injector, server(config, identity, injector));
    } catch (RuntimeException | TlsException | IOException e) {
      database.close();
      throw e;
    }
  }

  private static GrpcServer server(
      CoordinatorConfig config, ClusterIdentity identity, Injector injector)
      throws TlsException, IOException {
    Set<BindableService> services =
        injector.getInstance(Key.get(new TypeLiteral<Set<BindableService>>() {}));
    return new GrpcServer(
        config.listen(),
        config.tls(),
        new PeerInterceptor(identity.name(), config.tls().isEmpty()),
        List.copyOf(services));
  }

  /** Starts all parts; the port opens last. */
  void start() throws IOException {
    Cluster cluster = injector.getInstance(Cluster.class);
    injector
        .getInstance(Key.get(new TypeLiteral<Set<ClusterListener>>() {}))
        .forEach(cluster::addListener);
    cluster.start();
    injector.getInstance(Key.get(new TypeLiteral<Set<Part>>() {})).forEach(Part::start);
    injector.getInstance(AgentGatewayService.class).start();
    server.start();
  }

  int port() {
    return server.port();
  }

  /** Stops in the opposite order; the store closes last. */
  @Override
  public void close() {
    log.info("stops");
    injector.getInstance(AgentGatewayService.class).close();
    server.close();
    injector.getInstance(Key.get(new TypeLiteral<Set<Part>>() {})).forEach(Part::close);
    injector.getInstance(Cluster.class).close();
    injector.getInstance(Database.class).close();
  }
}
