package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.config.ListenAddress;
import dev.ballast.wire.TlsContexts;
import dev.ballast.wire.TlsException;
import dev.ballast.wire.TlsFiles;
import dev.ballast.wire.WireLimits;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one port of the coordinator: mutual TLS 1.3, or plaintext on loopback alone. */
public final class GrpcServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
  private static final long PERMITTED_KEEPALIVE_SECONDS = 1;
  private static final long STOP_SECONDS = 5;
  private static final int CALLS_PER_CONNECTION_LIMIT = 100;
  private static final int METADATA_BYTES_LIMIT = 16 * 1024;

  private final ListenAddress address;
  private final Server server;
  private final ExecutorService executor;

  /**
   * Prepares a server with these services; {@link #start} opens the port.
   *
   * @param tls absent for plaintext
   * @throws TlsException naming the file that cannot be used
   * @throws IOException when plaintext is asked for on an address that others can reach
   */
  public GrpcServer(
      ListenAddress address,
      Optional<TlsFiles> tls,
      PeerInterceptor interceptor,
      List<BindableService> services)
      throws TlsException, IOException {
    if (tls.isEmpty() && !address.isLoopback()) {
      throw new IOException("plaintext is only allowed on a loopback address, not on " + address);
    }
    GrpcLogging.install();
    this.address = address;
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address.toSocketAddress())
            .executor(executor)
            .intercept(interceptor)
            .maxInboundMessageSize(WireLimits.OPERATOR_MESSAGE_BYTES)
            .maxInboundMetadataSize(METADATA_BYTES_LIMIT)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_LIMIT)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(PERMITTED_KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    if (tls.isPresent()) {
      builder.sslContext(TlsContexts.server(tls.get()));
    }
    services.forEach(builder::addService);
    this.server = builder.build();
  }

  /**
   * Opens the port.
   *
   * @throws IOException naming the address and the remedy
   */
  public void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on "
              + address
              + " ("
              + deepest(e)
              + "); end what uses it, or set 'listen' to another ADDRESS:PORT",
          e);
    }
    log.info("listens on {} port {}", address.address(), server.getPort());
  }

  private static String deepest(Throwable failure) {
    Throwable t = failure;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return String.valueOf(t.getMessage());
  }

  /** The port that is open, which the system chose if 0 was asked for. */
  public int port() {
    return server.getPort();
  }

  /** Refuses new calls, gives those under way a little time, and closes the port. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
  }
}
