package dev.ballast.core.placement;

import dev.ballast.core.model.Capability;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Why a host cannot take a VM: the reason, its amount, and the smallest change that lifts it. A
 * host whose vetoes are all lifted can take the VM.
 */
public sealed interface Veto
    permits ResourceVeto,
        Veto.NotConnected,
        Veto.Frozen,
        Veto.Cordoned,
        Veto.ObserveOnly,
        Veto.NotAllowed,
        Veto.MissingCapability,
        Veto.NoNetwork,
        Veto.NotEnoughMemory,
        Veto.NotEnoughNodeMemory,
        Veto.TooFewCpus,
        Veto.CpusOvercommitted,
        Veto.NoDedicatedCores,
        Veto.NoSharedCpuLeft,
        Veto.PinsNotOnHost,
        Veto.PinsTaken,
        Veto.AntiAffinity,
        Veto.Banned,
        Veto.OtherLabel,
        Veto.Tainted,
        Veto.Affinity,
        Veto.NoRoomForCompanion,
        Veto.SpreadFull,
        Veto.NoDomain {
  HostName host();

  /** What is wrong, without the host's name. */
  String reason();

  /** What would have to change so that this veto falls. */
  String smallestChange();

  /** Its agent's stream is down. */
  record NotConnected(HostName host) implements Veto {
    @Override
    public String reason() {
      return "is not connected";
    }

    @Override
    public String smallestChange() {
      return "start the agent on " + host;
    }
  }

  /** An operator froze it. */
  record Frozen(HostName host) implements Veto {
    @Override
    public String reason() {
      return "is frozen";
    }

    @Override
    public String smallestChange() {
      return "unfreeze " + host;
    }
  }

  /** An operator closed it for VMs that are not there yet. */
  record Cordoned(HostName host) implements Veto {
    @Override
    public String reason() {
      return "is cordoned";
    }

    @Override
    public String smallestChange() {
      return "uncordon " + host;
    }
  }

  /** Nothing may be changed on it. */
  record ObserveOnly(HostName host) implements Veto {
    @Override
    public String reason() {
      return "is only observed";
    }

    @Override
    public String smallestChange() {
      return "end observe-only in the agent's configuration on " + host;
    }
  }

  /** The VM's {@code placement.hosts} names others. */
  record NotAllowed(HostName host, SortedSet<HostName> allowed) implements Veto {
    public NotAllowed {
      allowed = Collections.unmodifiableSortedSet(new TreeSet<>(allowed));
    }

    @Override
    public String reason() {
      return "is not in placement.hosts " + allowed;
    }

    @Override
    public String smallestChange() {
      return "add " + host + " to placement.hosts";
    }
  }

  /** The host cannot do what the VM needs. */
  record MissingCapability(HostName host, Capability capability, String why) implements Veto {
    @Override
    public String reason() {
      return "lacks " + capability + " (" + why + ")";
    }

    @Override
    public String smallestChange() {
      return capability == Capability.KVM
          ? "make KVM work on " + host + ", or set type: qemu"
          : "make " + capability + " work on " + host;
    }
  }

  /** A network of the VM is not there. */
  record NoNetwork(HostName host, NetworkName network) implements Veto {
    @Override
    public String reason() {
      return "is not in network " + network;
    }

    @Override
    public String smallestChange() {
      return "add " + host + " to the hosts of network " + network;
    }
  }

  /** The host's memory is promised or used. */
  record NotEnoughMemory(HostName host, long missingBytes) implements Veto {
    @Override
    public String reason() {
      return "needs " + mebibytes(missingBytes) + " MiB more memory";
    }

    @Override
    public String smallestChange() {
      return "free " + mebibytes(missingBytes) + " MiB of memory on " + host;
    }
  }

  /** No NUMA node has the memory; {@code node} is the one that lacks least. */
  record NotEnoughNodeMemory(HostName host, int node, long missingBytes) implements Veto {
    @Override
    public String reason() {
      return "needs " + mebibytes(missingBytes) + " MiB more memory on NUMA node " + node;
    }

    @Override
    public String smallestChange() {
      return "free " + mebibytes(missingBytes) + " MiB on NUMA node " + node + " of " + host;
    }
  }

  /** The VM has more vCPUs than a NUMA node has CPUs for shared use. */
  record TooFewCpus(HostName host, int node, int vcpus, int cpus) implements Veto {
    @Override
    public String reason() {
      return "has " + cpus + " shared CPUs on NUMA node " + node + " for " + vcpus + " vCPUs";
    }

    @Override
    public String smallestChange() {
      return cpus == 0
          ? "free a CPU of dedicated VMs on " + host
          : "give the VM at most " + cpus + " vCPUs";
    }
  }

  /** The CPUs carry as many vCPUs as the policy allows. */
  record CpusOvercommitted(HostName host, int node, int missingVcpus) implements Veto {
    @Override
    public String reason() {
      return "is overcommitted: NUMA node "
          + node
          + " has room for "
          + missingVcpus
          + " vCPUs less";
    }

    @Override
    public String smallestChange() {
      return "remove " + missingVcpus + " vCPUs from NUMA node " + node + " of " + host;
    }
  }

  /** Too few whole cores are without other VMs. */
  record NoDedicatedCores(HostName host, int node, int neededCpus, int freeCpus) implements Veto {
    @Override
    public String reason() {
      return "has "
          + freeCpus
          + " CPUs on whole free cores of NUMA node "
          + node
          + ", dedicated use needs "
          + neededCpus;
    }

    @Override
    public String smallestChange() {
      return "free the cores of "
          + (neededCpus - freeCpus)
          + " more CPUs on NUMA node "
          + node
          + " of "
          + host;
    }
  }

  /** Dedicated CPUs would leave none for emulator threads and the host itself. */
  record NoSharedCpuLeft(HostName host) implements Veto {
    @Override
    public String reason() {
      return "would keep no CPU for emulator threads";
    }

    @Override
    public String smallestChange() {
      return "free one core on " + host;
    }
  }

  /** Pins written by people name CPUs that the host does not have. */
  record PinsNotOnHost(HostName host, CpuSet missing) implements Veto {
    @Override
    public String reason() {
      return "has no CPUs " + missing + ", which the VM's pins name";
    }

    @Override
    public String smallestChange() {
      return "take CPUs " + missing + " out of the VM's pins";
    }
  }

  /** Pins written by people meet CPUs that another VM owns, or a dedicated VM's meet another's. */
  record PinsTaken(HostName host, CpuSet cpus, VmName owner) implements Veto {
    @Override
    public String reason() {
      return "has CPUs " + cpus + " of the VM's pins in use by " + owner + " (dedicated CPUs)";
    }

    @Override
    public String smallestChange() {
      return "take CPUs " + cpus + " out of the VM's pins, or move " + owner;
    }
  }

  /** Another VM of the group is there. */
  record AntiAffinity(HostName host, String group, VmName other) implements Veto {
    @Override
    public String reason() {
      return "has " + other + " of the anti-affinity group '" + group + "'";
    }

    @Override
    public String smallestChange() {
      return "move " + other + " off " + host + ", or take one of the two out of '" + group + "'";
    }
  }

  /** The VM's {@code placement.notHosts} names the host. */
  record Banned(HostName host) implements Veto {
    @Override
    public String reason() {
      return "is in placement.notHosts";
    }

    @Override
    public String smallestChange() {
      return "take " + host + " out of placement.notHosts";
    }
  }

  /** The VM wants another label; {@code found} is empty where the host has none of that key. */
  record OtherLabel(HostName host, String key, String wanted, Optional<String> found)
      implements Veto {
    @Override
    public String reason() {
      return found
          .map(other -> "has the label " + key + ": " + other + ", not " + wanted)
          .orElse("has no label " + key + ": " + wanted);
    }

    @Override
    public String smallestChange() {
      return "set host.labels." + key + ": " + wanted + " in the agent.yaml of " + host;
    }
  }

  /** The host is kept for VMs that tolerate it. */
  record Tainted(HostName host, String taint) implements Veto {
    @Override
    public String reason() {
      return "has the taint '" + taint + "'";
    }

    @Override
    public String smallestChange() {
      return "add '" + taint + "' to placement.tolerates";
    }
  }

  /** Another VM of the affinity group is elsewhere. */
  record Affinity(HostName host, String group, VmName other, HostName there) implements Veto {
    @Override
    public String reason() {
      return "is not " + there + ", where " + other + " of the affinity group '" + group + "' is";
    }

    @Override
    public String smallestChange() {
      return "move " + other + " to " + host + ", or take one of the two out of '" + group + "'";
    }
  }

  /** The host has room for the VM, but not for another one of its affinity group. */
  record NoRoomForCompanion(HostName host, VmName companion, Veto why) implements Veto {
    @Override
    public String reason() {
      return why.reason() + " (for " + companion + " of the same affinity group)";
    }

    @Override
    public String smallestChange() {
      return why.smallestChange();
    }
  }

  /** As many VMs of the spread group as may be are in the host's failure domain. */
  record SpreadFull(HostName host, SpreadRule rule, String domain, int inside) implements Veto {
    @Override
    public String reason() {
      return "is in "
          + rule.over()
          + " "
          + domain
          + ", which has "
          + inside
          + " of the spread group '"
          + rule.group()
          + "', at most "
          + rule.atMost()
          + " may be";
    }

    @Override
    public String smallestChange() {
      return "move "
          + (inside + 1 - rule.atMost())
          + " of them out of "
          + rule.over()
          + " "
          + domain
          + ", or raise placement.spread.atMost to "
          + (inside + 1);
    }
  }

  /** The host is in no failure domain of the VM's spread. */
  record NoDomain(HostName host, SpreadRule rule) implements Veto {
    @Override
    public String reason() {
      return "has no label '"
          + rule.over()
          + "', over which the group '"
          + rule.group()
          + "' is spread";
    }

    @Override
    public String smallestChange() {
      return "set host.labels." + rule.over() + " in the agent.yaml of " + host;
    }
  }

  /** Rounded up. */
  static long mebibytes(long bytes) {
    return Math.ceilDiv(bytes, 1L << 20);
  }
}
