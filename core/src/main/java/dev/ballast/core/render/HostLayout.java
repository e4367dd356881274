package dev.ballast.core.render;

import dev.ballast.core.model.AssignedDevice;
import java.util.List;

/**
 * What a definition says of the host that it is for, besides pins.
 *
 * @param cellNodes for each NUMA node that the guest sees the host's nodes that hold its memory, in
 *     the kernel's list format; empty for a guest that sees one, whose memory is not bound
 * @param devices that the VM is given
 */
public record HostLayout(List<String> cellNodes, List<AssignedDevice> devices) {
  public static final HostLayout NONE = new HostLayout(List.of(), List.of());

  public HostLayout {
    cellNodes = List.copyOf(cellNodes);
    devices = List.copyOf(devices);
  }
}
