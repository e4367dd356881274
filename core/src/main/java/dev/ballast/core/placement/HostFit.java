package dev.ballast.core.placement;

import dev.ballast.core.model.Capability;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands against a VM on a host whatever else is there. */
public final class HostFit {
  private final VmSpec vm;
  private final HostView view;
  private final HostName host;
  private final List<Veto> vetoes = new ArrayList<>();

  private HostFit(VmSpec vm, HostView view) {
    this.vm = vm;
    this.view = view;
    this.host = view.name();
  }

  /**
   * The vetoes; a VM that is there already may stay on a host that is cordoned or tainted.
   *
   * @param networks that are wanted in the cluster
   */
  public static List<Veto> vetoes(
      Map<NetworkName, NetworkSpec> networks, HostView view, VmSpec vm) {
    HostFit fit = new HostFit(vm, view);
    boolean comes = !view.domains().containsKey(vm.name());
    fit.checkHost(comes);
    fit.checkNetworks(networks);
    fit.checkWishes(comes);
    return fit.vetoes;
  }

  private void checkHost(boolean comes) {
    if (!view.connected()) {
      vetoes.add(new Veto.NotConnected(host));
    }
    if (view.frozen()) {
      vetoes.add(new Veto.Frozen(host));
    }
    if (view.cordoned() && comes) {
      vetoes.add(new Veto.Cordoned(host));
    }
    if (view.observeOnly()) {
      vetoes.add(new Veto.ObserveOnly(host));
    }
    if (!vm.hosts().isEmpty() && !vm.hosts().contains(host)) {
      vetoes.add(new Veto.NotAllowed(host, vm.hosts()));
    }
    checkCapability(Capability.LIBVIRT);
    if (vm.type() == DomainType.KVM) {
      checkCapability(Capability.KVM);
    }
  }

  private void checkNetworks(Map<NetworkName, NetworkSpec> networks) {
    boolean any = false;
    for (NicSpec nic : vm.nics()) {
      if (nic.network().isPresent()) {
        any = true;
        NetworkSpec network = networks.get(nic.network().get());
        if (network == null || !network.isOn(host)) {
          vetoes.add(new Veto.NoNetwork(host, nic.network().get()));
        }
      }
    }
    if (any) {
      checkCapability(Capability.OPEN_VSWITCH);
    }
  }

  private void checkCapability(Capability capability) {
    HostInventory inventory = view.inventory();
    String lack = inventory.lacks().get(capability);
    if (lack != null) {
      vetoes.add(new Veto.MissingCapability(host, capability, lack));
    }
  }

  private void checkWishes(boolean comes) {
    PlacementRules rules = vm.rules();
    HostTraits traits = view.inventory().traits();
    if (rules.bannedHosts().contains(host)) {
      vetoes.add(new Veto.Banned(host));
    }
    rules
        .hostLabels()
        .forEach(
            (key, wanted) -> {
              Optional<String> found = Optional.ofNullable(traits.labels().get(key));
              if (!found.equals(Optional.of(wanted))) {
                vetoes.add(new Veto.OtherLabel(host, key, wanted, found));
              }
            });
    for (String taint : traits.taints()) {
      if (comes && !rules.tolerations().contains(taint)) {
        vetoes.add(new Veto.Tainted(host, taint));
      }
    }
  }
}
