package dev.ballast.coordinator.cli;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failed call means to the operator: a sentence, a remedy, an exit code. */
final class ConnectionFault {
  private static final int CAUSE_LIMIT = 20;

  private final ServerTarget target;

  ConnectionFault(ServerTarget target) {
    this.target = target;
  }

  CliException explain(StatusRuntimeException e) {
    Status status = e.getStatus();
    String text = Optional.ofNullable(status.getDescription()).orElse("");
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE, ALREADY_EXISTS ->
          new CliException(ExitCode.USAGE, text, "", e);
      case FAILED_PRECONDITION, ABORTED -> new CliException(ExitCode.REFUSED, text, "", e);
      case UNAVAILABLE -> unavailable(text, e);
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          new CliException(
              ExitCode.UNREACHABLE,
              "the coordinator at " + target.address() + " does not permit this: " + text,
              "use an operator's certificate" + credential(),
              e);
      case DEADLINE_EXCEEDED ->
          new CliException(
              ExitCode.UNREACHABLE,
              "no answer from " + target.address() + " in time",
              "is it overloaded or behind a firewall? --timeout waits longer",
              e);
      case UNIMPLEMENTED ->
          new CliException(
              ExitCode.FAILED,
              "the coordinator at " + target.address() + " does not know this command",
              "update it to the version of this program",
              e);
      case RESOURCE_EXHAUSTED ->
          new CliException(ExitCode.FAILED, "too much for one call: " + text, "ask for less", e);
      case OK, CANCELLED, UNKNOWN, INTERNAL, DATA_LOSS ->
          new CliException(
              ExitCode.FAILED,
              "the coordinator failed (" + status.getCode() + "): " + text,
              "see its log",
              e);
    };
  }

  private String credential() {
    return target.tls().map(files -> " (this is " + files.cert() + ")").orElse("");
  }

  private CliException unavailable(String text, StatusRuntimeException e) {
    String address = target.address();
    if (find(e, SSLException.class).isPresent()) {
      return tls(e);
    }
    if (find(e, UnknownHostException.class).isPresent()
        || find(e, UnresolvedAddressException.class).isPresent()) {
      return unreachable("the name '" + target.host() + "' is not known", "check --server", e);
    }
    if (find(e, NoRouteToHostException.class).isPresent()) {
      return unreachable("no route to " + address, "check the network and --server", e);
    }
    if (find(e, ConnectException.class).isPresent()) {
      return unreachable(
          "nothing listens at " + address,
          "is the coordinator running there ('systemctl status ballast-coordinator')?",
          e);
    }
    if (find(e, SocketException.class).isPresent() || closed(text)) {
      return closed(e);
    }
    return unreachable(
        "the coordinator at " + address + " is not available: " + text, "try again shortly", e);
  }

  private static boolean closed(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("io exception")
        || lower.contains("network closed")
        || lower.contains("connection closed");
  }

  private CliException closed(StatusRuntimeException e) {
    return target.tls().isPresent()
        ? unreachable(
            "the connection to " + target.address() + " ended",
            "the coordinator stopped, or it does not accept the certificate"
                + target.tls().map(files -> " " + files.cert()).orElse(""),
            e)
        : unreachable(
            "the connection to " + target.address() + " ended",
            "the coordinator stopped, or it wants TLS: leave --plaintext away",
            e);
  }

  private CliException tls(StatusRuntimeException e) {
    String details = messages(e);
    Path ca = target.tls().map(files -> files.ca()).orElse(Path.of("-"));
    Path cert = target.tls().map(files -> files.cert()).orElse(Path.of("-"));
    String address = target.address();
    if (details.contains("not a coordinator's") || details.contains("extended key usage")) {
      return unreachable(
          "what listens at " + address + " shows a certificate that is not a coordinator's",
          "check --server; do not go on if it is right",
          e);
    }
    if (details.contains("pkix path") || details.contains("unable to find valid certification")) {
      return unreachable(
          "the certificate of " + address + " is not signed by " + ca,
          "use the ca.crt of that cluster (--ca), or check --server",
          e);
    }
    if (details.contains("no name matching") || details.contains("no subject alternative")) {
      return unreachable(
          "the certificate of " + address + " is not for that name",
          "use a name or address that 'ballast-coordinator init --address' was given",
          e);
    }
    if (details.contains("not an ssl/tls record")) {
      return unreachable(
          "what listens at " + address + " does not speak TLS",
          "check --server, or give --plaintext if it is a coordinator without TLS on loopback",
          e);
    }
    if (details.contains("expired") || details.contains("notafter")) {
      return unreachable(
          "a certificate has expired between this program and " + address,
          "renew it with 'ballast-coordinator certify', or set the clock right",
          e);
    }
    return unreachable(
        address + " does not accept the certificate " + cert,
        "use the certificate and key that 'ballast-coordinator certify operator' wrote for this"
            + " cluster",
        e);
  }

  private static CliException unreachable(String what, String remedy, StatusRuntimeException e) {
    return new CliException(ExitCode.UNREACHABLE, what, remedy, e);
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, cause -> cause != null, ConnectionFault::causeOf).limit(CAUSE_LIMIT);
  }

  private static @Nullable Throwable causeOf(Throwable e) {
    return e instanceof StatusException status && status.getCause() == null
        ? status.getStatus().getCause()
        : e.getCause();
  }

  private static <T extends Throwable> Optional<T> find(Throwable e, Class<T> type) {
    return causes(e).filter(type::isInstance).map(type::cast).findFirst();
  }

  private static String messages(Throwable e) {
    StringBuilder text = new StringBuilder();
    causes(e).forEach(cause -> text.append(cause.getMessage()).append('\n'));
    return text.toString().toLowerCase(Locale.ROOT);
  }
}
