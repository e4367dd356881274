package dev.ballast.coordinator.pki;

import org.jspecify.annotations.Nullable;

/** Certificates or files cannot be made; the message names the place and the remedy. */
public final class PkiException extends Exception {
  private static final long serialVersionUID = 1L;

  public PkiException(String message) {
    this(message, null);
  }

  public PkiException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
