package dev.ballast.bench;

/** A benchmark's input is missing or malformed; the message names the place and the remedy. */
public final class InputException extends RuntimeException {
  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
