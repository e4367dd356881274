package dev.ballast.agent.host.libvirt;

/** Why a call of libvirt gave no result. */
public abstract sealed class LibvirtFault extends Exception {
  private static final long serialVersionUID = 1;

  private LibvirtFault(String message) {
    super(message);
  }

  /** libvirt could not be asked, or the connection broke while it was asked. */
  public static final class Unavailable extends LibvirtFault {
    private static final long serialVersionUID = 1;

    /** Whether the call was sent, so that libvirt may have executed it. */
    private final boolean sent;

    public Unavailable(String message, boolean sent) {
      super(message);
      this.sent = sent;
    }

    public boolean sent() {
      return sent;
    }
  }

  /** libvirt did not answer in time; it may still execute the call. */
  public static final class TimedOut extends LibvirtFault {
    private static final long serialVersionUID = 1;

    public TimedOut(String message) {
      super(message);
    }
  }

  /** libvirt refused the call or failed in it. */
  public static final class Refused extends LibvirtFault {
    private static final long serialVersionUID = 1;

    public Refused(String message) {
      super(message);
    }
  }

  /** Whether libvirt may execute, or have executed, the call that failed. */
  public boolean mayHaveHappened() {
    return switch (this) {
      case Unavailable unavailable -> unavailable.sent();
      case TimedOut ignored -> true;
      case Refused ignored -> false;
    };
  }
}
