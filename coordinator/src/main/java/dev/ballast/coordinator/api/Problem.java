package dev.ballast.coordinator.api;

import io.grpc.Status;

/** A call that cannot be answered; the message says what to do about it. */
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Status.Code code;

  private Problem(Status.Code code, String message) {
    super(message);
    this.code = code;
  }

  static Problem invalid(String message) {
    return new Problem(Status.Code.INVALID_ARGUMENT, message);
  }

  static Problem notFound(String message) {
    return new Problem(Status.Code.NOT_FOUND, message);
  }

  static Problem tooMuch(String message) {
    return new Problem(Status.Code.RESOURCE_EXHAUSTED, message);
  }

  Status.Code code() {
    return code;
  }
}
