package dev.ballast.core.spec;

import dev.ballast.core.model.ImageSpec;
import dev.ballast.core.model.LibvirtNetworkSpec;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.VmSpec;
import java.util.List;

/**
 * What the files say.
 *
 * @param vms every VM found, in the order of files and documents. With faults present they are fit
 *     for {@link SpecCheck} only, so that it finds further faults in the same run: a faulty value
 *     is replaced by a harmless one
 * @param networks every network found, as the VMs
 * @param images every image found, as the VMs
 * @param libvirtNetworks every network of libvirt found, as the VMs
 * @param faults sorted by place
 */
public record SpecResult(
    List<LocatedVm> vms,
    List<LocatedNetwork> networks,
    List<LocatedImage> images,
    List<LocatedLibvirtNetwork> libvirtNetworks,
    List<Fault> faults) {
  public SpecResult {
    vms = List.copyOf(vms);
    networks = List.copyOf(networks);
    images = List.copyOf(images);
    libvirtNetworks = List.copyOf(libvirtNetworks);
    faults = List.copyOf(faults);
  }

  /**
   * The specifications.
   *
   * @throws IllegalStateException when there are faults
   */
  public List<VmSpec> specs() {
    requireNoFaults();
    return vms.stream().map(LocatedVm::spec).toList();
  }

  /**
   * The networks.
   *
   * @throws IllegalStateException when there are faults
   */
  public List<NetworkSpec> networkSpecs() {
    requireNoFaults();
    return networks.stream().map(LocatedNetwork::spec).toList();
  }

  /**
   * The images.
   *
   * @throws IllegalStateException when there are faults
   */
  public List<ImageSpec> imageSpecs() {
    requireNoFaults();
    return images.stream().map(LocatedImage::spec).toList();
  }

  /**
   * The networks of libvirt.
   *
   * @throws IllegalStateException when there are faults
   */
  public List<LibvirtNetworkSpec> libvirtNetworkSpecs() {
    requireNoFaults();
    return libvirtNetworks.stream().map(LocatedLibvirtNetwork::spec).toList();
  }

  private void requireNoFaults() {
    if (!faults.isEmpty()) {
      throw new IllegalStateException("the specification has faults: " + faults.getFirst());
    }
  }
}
