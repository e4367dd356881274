package dev.ballast.core.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Names things of a VM from the cluster's UUID and the VM's name, so that the same specification
 * gives the same domain on every host and in every run.
 */
public final class Identity {
  private static final HexFormat MAC_FORM = HexFormat.ofDelimiter(":");

  private Identity() {}

  /** The UUID of the VM's domain (RFC 9562 version 8). */
  public static UUID domainUuid(String cluster, VmName vm) {
    return uuid(digest("domain", cluster, vm.value()));
  }

  /** The id by which Open vSwitch knows the port of the VM's NIC. */
  public static UUID portUuid(String cluster, VmName vm, int nicIndex) {
    return uuid(digest("port", cluster, vm.value(), Integer.toString(nicIndex)));
  }

  /**
   * The MAC address of the VM's NIC, counted from 0 in the order of the specification: 46 bits of
   * SHA-256, locally administered, unicast, first octet never FE.
   */
  public static String mac(String cluster, VmName vm, int nicIndex) {
    byte[] digest = digest("mac", cluster, vm.value(), Integer.toString(nicIndex));
    byte[] mac = new byte[6];
    System.arraycopy(digest, 0, mac, 0, mac.length);
    mac[0] = firstOctet(digest[0], digest[6]);
    return MAC_FORM.formatHex(mac);
  }

  // libvirt keeps FE for the host's side of a tap device.
  private static byte firstOctet(byte chosen, byte second) {
    byte octet = localUnicast(chosen);
    if (octet == (byte) 0xFE) {
      octet = localUnicast(second);
    }
    return octet == (byte) 0xFE ? (byte) 0x02 : octet;
  }

  private static byte localUnicast(byte octet) {
    return (byte) ((octet & 0xFC) | 0x02);
  }

  private static UUID uuid(byte[] digest) {
    ByteBuffer bytes = ByteBuffer.wrap(digest);
    long high = (bytes.getLong() & ~0xF000L) | 0x8000L;
    long low = (bytes.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  // A NUL ends each part: none can hold one, so no two lists of parts read the same.
  private static byte[] digest(String... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        sha.update(part.getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
