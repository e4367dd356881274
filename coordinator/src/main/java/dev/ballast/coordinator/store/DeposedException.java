package dev.ballast.coordinator.store;

/** A write came from a leadership that the store no longer knows; nothing was written. */
public final class DeposedException extends StoreException {
  private static final long serialVersionUID = 1L;

  public DeposedException(Term term) {
    super(
        "term "
            + term
            + " is deposed: another coordinator leads this cluster now; this one must stop",
        null);
  }
}
