package dev.ballast.coordinator.store;

import org.jspecify.annotations.Nullable;

/** The store cannot do what was asked; the message names the place and the remedy. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
