package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterStores;
import dev.ballast.coordinator.cluster.Listening;
import dev.ballast.coordinator.cluster.LoadHistory;
import dev.ballast.coordinator.config.ListenAddress;
import dev.ballast.coordinator.leadership.Leadership;
import dev.ballast.coordinator.pki.ClusterFiles;
import dev.ballast.coordinator.store.ClusterStore;
import dev.ballast.coordinator.store.CommandStore;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.core.model.Automation;
import dev.ballast.v1.OperatorApiGrpc;
import dev.ballast.wire.TlsContexts;
import dev.ballast.wire.TlsException;
import dev.ballast.wire.TlsFiles;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A real server on loopback with mutual TLS, whose time for leases and silence stands still. */
final class TestServer implements AutoCloseable {
  static final long LEASE_MILLIS = 600_000;

  final Database database;
  final LeaderDatabase leader;
  final CommandStore commands;
  final Cluster cluster;
  final Listening listening = new Listening();
  final AgentSessions sessions;
  final AtomicLong nanos = new AtomicLong();
  private final AgentGatewayService gateway;
  private final GrpcServer server;
  private final Path pki;
  private final List<ManagedChannel> channels = new ArrayList<>();

  /** Certificates of the cluster {@code lab}. */
  static void makeFiles(Path pki, String cluster) throws Exception {
    new ClusterFiles(pki, 7443, Clock.systemUTC())
        .init(
            new ClusterFiles.Request(
                cluster,
                List.of("127.0.0.1"),
                List.of("h1", "h2"),
                List.of("admin"),
                Optional.empty()));
  }

  TestServer(Path pki, Path state) throws TlsException, IOException {
    this.pki = pki;
    database = SqliteDatabase.open(state);
    Leadership leadership =
        Leadership.take(new LeadershipStore(database), LEASE_MILLIS, 1, nanos::get);
    leader = new LeaderDatabase(database, leadership.term());
    new ClusterStore(leader).create("lab", Automation.AUTO);
    commands = new CommandStore(leader);
    cluster =
        new Cluster(ClusterStores.of(leader), leader.term(), new LoadHistory(), Clock.systemUTC());
    cluster.addListener(listening);
    cluster.start();
    GatewaySettings settings = new GatewaySettings("lab", 1_000);
    sessions = new AgentSessions(cluster, leadership, settings, nanos::get);
    gateway =
        new AgentGatewayService(
            cluster, commands, leadership, sessions, settings, Clock.systemUTC(), nanos::get);
    server =
        new GrpcServer(
            ListenAddress.parse("127.0.0.1:0"),
            Optional.of(
                new TlsFiles(
                    pki.resolve("pki/ca.crt"),
                    pki.resolve("pki/coordinator.crt"),
                    pki.resolve("pki/coordinator.key"))),
            new PeerInterceptor("lab", false),
            List.of(gateway, new OperatorApiGrpc.OperatorApiImplBase() {}));
    server.start();
  }

  /** A connection with that host's certificate. */
  ManagedChannel host(String name) throws TlsException {
    return channel(pki.resolve("hosts").resolve(name), "host");
  }

  ManagedChannel operator() throws TlsException {
    return channel(pki.resolve("operators/admin"), "operator");
  }

  /** A connection with the certificate and authority of that directory. */
  ManagedChannel channel(Path directory, String name) throws TlsException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .sslContext(
                TlsContexts.client(
                    new TlsFiles(
                        directory.resolve("ca.crt"),
                        directory.resolve(name + ".crt"),
                        directory.resolve(name + ".key"))))
            .build();
    channels.add(channel);
    return channel;
  }

  ManagedChannel plaintext() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    gateway.close();
    server.close();
    cluster.close();
    database.close();
  }
}
