package dev.ballast.coordinator.gateway;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes from gRPC's own log what matters to people: that a client could not be let in because of
 * its certificate, which gRPC tells of only at its finest level. At most one such line a second.
 */
final class GrpcLogging extends Handler {
  private static final org.slf4j.Logger log = LoggerFactory.getLogger(GrpcLogging.class);
  private static final String FAILED_HANDSHAKE = "TLS negotiation failed";
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  // The JDK forgets settings of loggers that nobody holds.
  private static final Logger NEGOTIATORS = Logger.getLogger("io.grpc.netty.ProtocolNegotiators");
  private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.NettyServerHandler");
  private static final GrpcLogging HANDLER = new GrpcLogging();

  private final AtomicLong quietUntilNanos = new AtomicLong(System.nanoTime());

  private GrpcLogging() {}

  /** Takes effect once for the whole process. */
  static void install() {
    NEGOTIATORS.removeHandler(HANDLER);
    NEGOTIATORS.addHandler(HANDLER);
    NEGOTIATORS.setUseParentHandlers(false);
    NEGOTIATORS.setLevel(Level.FINE);
    // Streams that agents cut while something was on its way to them: daily life, with a trace.
    STREAMS.setLevel(Level.SEVERE);
  }

  @Override
  public void publish(LogRecord entry) {
    String message = entry.getMessage();
    if (message == null || !message.startsWith(FAILED_HANDSHAKE)) {
      return;
    }
    long now = System.nanoTime();
    long quietUntil = quietUntilNanos.get();
    if (now - quietUntil >= 0 && quietUntilNanos.compareAndSet(quietUntil, now + QUIET_NANOS)) {
      log.warn(
          "a client was not let in: its TLS handshake failed; it shows no certificate that this"
              + " cluster's authority signed, or speaks no TLS 1.3");
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
