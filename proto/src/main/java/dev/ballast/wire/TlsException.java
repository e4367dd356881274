package dev.ballast.wire;

import org.jspecify.annotations.Nullable;

/** A certificate or key that cannot be used; the message names the file and the remedy. */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1L;

  public TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
