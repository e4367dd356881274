package dev.ballast.core.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a domain's persistent XML says that no action changes, as rules of good practice need it.
 *
 * @param type {@code kvm} or {@code qemu}
 * @param cpuMode {@code host-passthrough}, {@code host-model}, {@code custom} or {@code maximum};
 *     empty when the XML has none
 * @param needless devices that a server does without, as {@code graphics vnc} or {@code sound ich6}
 * @param limits what the XML limits: {@code cpu}, {@code memory}, "disk", {@code network}
 * @param owner whose mark the domain's metadata bear; absent without one
 */
public record DomainSetup(
    String type,
    String cpuMode,
    List<DiskSetup> disks,
    List<NicSetup> nics,
    SortedSet<String> needless,
    SortedSet<String> limits,
    Optional<OtherOwner> owner) {
  /** More disks, cards or devices than this are not told. */
  public static final int DEVICE_LIMIT = 64;

  public DomainSetup {
    disks = List.copyOf(disks);
    nics = List.copyOf(nics);
    needless = Collections.unmodifiableSortedSet(new TreeSet<>(needless));
    limits = Collections.unmodifiableSortedSet(new TreeSet<>(limits));
  }
}
