package dev.ballast.coordinator.api;

import dev.ballast.coordinator.execution.ExecutionRefused;
import dev.ballast.coordinator.store.DeposedException;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.wire.WireException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every failure of a call becomes its status here. */
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static StatusRuntimeException of(Throwable failure) {
    return switch (failure) {
      case StatusRuntimeException known -> known;
      case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case ExecutionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case Problem problem -> status(problem.code(), problem);
      case ExecutionRefused refused -> status(code(refused.kind()), refused);
      case WireException malformed -> status(Status.Code.INVALID_ARGUMENT, malformed);
      case DeposedException deposed -> status(Status.Code.UNAVAILABLE, deposed);
      case StoreException store -> status(Status.Code.UNAVAILABLE, store);
      case IllegalArgumentException invalid -> status(Status.Code.INVALID_ARGUMENT, invalid);
      default -> {
        log.error("a call failed", failure);
        yield Status.INTERNAL
            .withDescription("the coordinator failed: " + failure + "; see its log")
            .asRuntimeException();
      }
    };
  }

  private static Status.Code code(ExecutionRefused.Kind kind) {
    return switch (kind) {
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case STALE -> Status.Code.ABORTED;
      case PRECONDITION -> Status.Code.FAILED_PRECONDITION;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
    };
  }

  private static StatusRuntimeException status(Status.Code code, Exception e) {
    return code.toStatus().withDescription(e.getMessage()).asRuntimeException();
  }
}
