package dev.ballast.wire;

/** A message that this program must not act on, with the place in it and what is wrong there. */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String path;

  public WireException(String path, String problem) {
    super(path + ": " + problem);
    this.path = path;
  }

  /** Where in the message, as {@code Command.actions[2].action.pin_cpus.vm}. */
  public String path() {
    return path;
  }
}
