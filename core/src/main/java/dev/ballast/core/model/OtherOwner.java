package dev.ballast.core.model;

/** A program besides Ballast that changes hosts or domains of its own accord. */
public enum OtherOwner {
  NUMAD("numad"),
  KSMTUNED("ksmtuned"),
  TUNED("tuned"),
  NETWORK_MANAGER("NetworkManager"),
  NETPLAN("netplan"),
  VDSM("VDSM"),
  NOVA("Nova");

  private final String title;

  OtherOwner(String title) {
    this.title = title;
  }

  /** Its name as its own manual writes it. */
  public String title() {
    return title;
  }
}
