package dev.ballast.wire;

/** A certificate or key that cannot be used; the message names the file and the remedy. */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1L;

  public TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
