package dev.ballast.core.spec;

import dev.ballast.core.model.Capability;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.settings.Suggestion;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Checks specifications against the hosts: what no allowed host could ever give, whatever else runs
 * there. A cluster without hosts gives no faults.
 */
public final class SpecCheck {
  /** A message names at most so many hosts. */
  private static final int NAMED_HOSTS_LIMIT = 5;

  private final Snapshot snapshot;
  private final Faults faults;

  private SpecCheck(Snapshot snapshot, Faults faults) {
    this.snapshot = snapshot;
    this.faults = faults;
  }

  /** The faults, sorted by place. */
  public static List<Fault> check(List<LocatedVm> vms, Snapshot snapshot) {
    Faults faults = new Faults();
    new SpecCheck(snapshot, faults).checkAll(vms);
    return faults.sorted();
  }

  /** The faults of parsing and those against the cluster, sorted by place. */
  public static List<Fault> all(SpecResult parsed, Snapshot snapshot) {
    Faults faults = new Faults();
    faults.addAll(parsed.faults());
    new SpecCheck(snapshot, faults).checkAll(parsed.vms());
    new NetworkCheck(snapshot, faults).check(parsed.vms(), parsed.networks());
    new ImageCheck(snapshot, faults).check(parsed.images());
    new RulesCheck(snapshot, faults).check(parsed.vms());
    return faults.sorted();
  }

  /**
   * MAC addresses that VMs which stay as they are already have.
   *
   * @param kept VMs of the cluster; those named in {@code vms} are passed over
   */
  public static List<Fault> macsAgainst(List<LocatedVm> vms, Collection<VmSpec> kept) {
    Faults faults = new Faults();
    var renewed = vms.stream().map(vm -> vm.spec().name()).collect(Collectors.toSet());
    Map<String, VmName> owners = new HashMap<>();
    for (VmSpec spec : kept) {
      if (!renewed.contains(spec.name())) {
        spec.nics().forEach(nic -> owners.put(nic.mac(), spec.name()));
      }
    }
    for (LocatedVm vm : vms) {
      for (NicSpec nic : vm.spec().nics()) {
        VmName owner = owners.get(nic.mac());
        if (owner != null) {
          faults.add(
              vm.locate(LocatedVm.macKey(nic.mac())),
              "VM '" + owner + "' already has the MAC address " + nic.mac(),
              "write another 'mac'");
        }
      }
    }
    return faults.sorted();
  }

  private void checkAll(List<LocatedVm> vms) {
    if (!snapshot.hosts().isEmpty()) {
      vms.forEach(this::check);
    }
  }

  private void check(LocatedVm vm) {
    unknownHosts(vm);
    if (isAsAdopted(vm.spec())) {
      return;
    }
    List<HostView> allowed = allowed(vm.spec());
    memory(vm, allowed);
    dedicatedCpus(vm, allowed);
    vm.spec().pins().ifPresent(pins -> pins(vm, pins, allowed));
    kvm(vm, allowed);
  }

  /** What others defined may be more than its host gives; it is there all the same. */
  private boolean isAsAdopted(VmSpec spec) {
    return spec.adopted().isPresent() && spec.equals(snapshot.specs().get(spec.name()));
  }

  // An unknown host is likely another one misspelt: then only what no host at all has is a fault.
  private List<HostView> allowed(VmSpec spec) {
    Collection<HostView> all = snapshot.hosts().values();
    boolean anywhere =
        spec.hosts().isEmpty() || !snapshot.hosts().keySet().containsAll(spec.hosts());
    return all.stream().filter(host -> anywhere || spec.hosts().contains(host.name())).toList();
  }

  private void unknownHosts(LocatedVm vm) {
    vm.spec().hosts().forEach(host -> unknownHost(vm, host, LocatedVm.hostKey(host)));
    vm.spec()
        .rules()
        .bannedHosts()
        .forEach(host -> unknownHost(vm, host, LocatedVm.bannedKey(host)));
  }

  private void unknownHost(LocatedVm vm, HostName host, String key) {
    List<String> known = snapshot.hosts().keySet().stream().map(HostName::value).toList();
    if (!snapshot.hosts().containsKey(host)) {
      faults.add(
          vm.locate(key),
          "unknown host '" + host + "'",
          Suggestion.hint(host.value(), known).orElse("hosts: " + some(known)));
    }
  }

  private void memory(LocatedVm vm, List<HostView> allowed) {
    long wanted = vm.spec().memoryBytes();
    if (allowed.stream().allMatch(host -> host.inventory().memoryBytes() < wanted)) {
      faults.add(
          vm.locate("memory"),
          "memory " + MemorySize.print(wanted) + " is more than any " + allowedHost(vm) + " has",
          each(allowed, host -> (host.memoryBytes() >> 20) + "MiB"));
    }
  }

  private void dedicatedCpus(LocatedVm vm, List<HostView> allowed) {
    int wanted = vm.spec().vcpus();
    if (vm.spec().cpuPolicy() == CpuPolicy.DEDICATED
        && allowed.stream().allMatch(host -> cpus(host).size() < wanted)) {
      faults.add(
          vm.locate("vcpus"),
          wanted + " dedicated vCPUs are more than any " + allowedHost(vm) + " has CPUs",
          each(allowed, host -> host.topology().onlineCpus().size() + " CPUs"));
    }
  }

  private void pins(LocatedVm vm, CpuPins pins, List<HostView> allowed) {
    CpuSet all = pins.allVcpuCpus().union(pins.emulator());
    if (allowed.stream().anyMatch(host -> cpus(host).containsAll(all))) {
      return;
    }
    CpuSet anywhere = allowed.stream().map(SpecCheck::cpus).reduce(CpuSet.EMPTY, CpuSet::union);
    if (anywhere.containsAll(all)) {
      faults.add(
          vm.locate("cpu.pins"),
          "no single " + allowedHost(vm) + " has all the pinned CPUs " + all,
          each(allowed, host -> host.topology().onlineCpus().toString()));
      return;
    }
    for (int i = 0; i < pins.vcpus().size(); i++) {
      missing(vm, "cpu.pins.vcpus[" + i + "]", pins.vcpus().get(i).minus(anywhere), allowed);
    }
    // Where it was not written it only repeats the vCPUs' CPUs.
    if (vm.at().containsKey("cpu.pins.emulator")) {
      missing(vm, "cpu.pins.emulator", pins.emulator().minus(anywhere), allowed);
    }
  }

  private void missing(LocatedVm vm, String key, CpuSet missing, List<HostView> allowed) {
    if (!missing.isEmpty()) {
      faults.add(
          vm.locate(key),
          "CPU " + missing + " is on no " + allowedHost(vm),
          each(allowed, host -> "CPUs " + host.topology().onlineCpus()));
    }
  }

  private void kvm(LocatedVm vm, List<HostView> allowed) {
    if (vm.spec().type() == DomainType.KVM
        && allowed.stream().noneMatch(host -> host.inventory().has(Capability.KVM))) {
      faults.add(
          vm.locate("type"),
          "KVM serves on no " + allowedHost(vm),
          each(allowed, host -> host.lacks().getOrDefault(Capability.KVM, ""))
              + "; 'type: auto' would emulate");
    }
  }

  private static CpuSet cpus(HostView host) {
    return host.inventory().topology().onlineCpus();
  }

  private String allowedHost(LocatedVm vm) {
    return allowed(vm.spec()).size() == snapshot.hosts().size() ? "host" : "allowed host";
  }

  private static String each(List<HostView> hosts, Function<HostInventory, String> has) {
    return some(
        hosts.stream().map(host -> host.name() + ": " + has.apply(host.inventory())).toList());
  }

  private static String some(List<String> all) {
    List<String> named = new ArrayList<>(all.subList(0, Math.min(all.size(), NAMED_HOSTS_LIMIT)));
    if (all.size() > named.size()) {
      named.add("and " + (all.size() - named.size()) + " more");
    }
    return String.join(", ", named);
  }
}
