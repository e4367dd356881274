package dev.ballast.core.action;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** An action with an exact undo: the agent restores what it observed before it acted. */
public sealed interface Reversible extends Action {
  /**
   * Pins every vCPU and the emulator of a domain, in the persistent configuration and, when the
   * domain runs, live. Legal while the domain exists and is persistent; undo pins as before.
   */
  record PinCpus(VmName vm, CpuPins pins) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      StringBuilder text = new StringBuilder("pin ").append(vm).append(": ");
      for (int i = 0; i < pins.vcpus().size(); i++) {
        text.append("vcpu").append(i).append(" to ").append(pins.vcpus().get(i)).append(", ");
      }
      return text.append("emulator to ").append(pins.emulator()).toString();
    }
  }

  /**
   * Sets all limits of a domain, in the persistent configuration and, when the domain runs, live.
   * Legal while the domain exists and is persistent, has the named disks and NICs, and uses no more
   * memory than a lowered limit leaves; undo sets them as before.
   */
  record SetLimits(VmName vm, VmLimits limits) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "limit " + vm + ": " + limits;
    }
  }

  /**
   * Sets the NUMA nodes of a domain's memory, in the persistent configuration and, when the domain
   * runs in mode {@code restrictive}, live, whole: the kernel moves its pages. Legal while the
   * domain exists, is persistent and has {@code from}, holds neither a device of the host nor
   * locked memory when it runs, and the nodes have room for what has to move; undo sets the former
   * nodes.
   *
   * @param from the nodes that the plan saw in the configuration; absent for none
   */
  record SetMemoryNodes(VmName vm, Optional<MemoryNodes> from, MemoryNodes to)
      implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "memory of " + vm + " on nodes " + to;
    }
  }

  /**
   * Sets the KSM knobs; undo writes the former ones, and pages merge again with time. {@code run=2}
   * is legal where every NUMA node has room for all that is merged; merging across nodes changes
   * only while nothing is merged.
   */
  record SetKsm(KsmSettings settings) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.KSM;
    }

    @Override
    public boolean survivesReboot() {
      return false;
    }

    @Override
    public String describe() {
      return "set KSM " + settings.describe();
    }
  }

  /**
   * Sets one thing of the host. Legal while the host has it, nobody uses what it takes away, and
   * there is room for what it takes; undo sets it as before.
   */
  record SetHostSetting(HostSetting setting) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.setting(setting.key());
    }

    @Override
    public boolean survivesReboot() {
      return setting.survivesReboot();
    }

    @Override
    public String describe() {
      return "set " + setting.describe();
    }
  }

  /**
   * Defines or redefines a domain from XML. Legal when the host has no domain of that name or one
   * that Ballast defined; undo restores the former XML, or undefines.
   *
   * @param specDigest written into the domain's metadata, proves later what was defined
   */
  record DefineDomain(VmName vm, String xml, String specDigest) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "define "
          + vm
          + " ("
          + specDigest.substring(0, Math.min(12, specDigest.length()))
          + ")";
    }
  }

  /**
   * Takes an internal snapshot of a domain: its disks, and its memory where it runs, all kept in
   * its disks. Legal while the domain is running or shut off, has no snapshot of that name, and
   * libvirt can take one of each of its disks; undo deletes the snapshot.
   */
  record TakeSnapshot(VmName vm, String name) implements Reversible {
    public TakeSnapshot {
      DomainSnapshot.checkName(name);
    }

    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "snapshot " + name + " of " + vm;
    }
  }

  /** Undefines a domain that does not run; undo defines it again from the XML it had. */
  record UndefineDomain(VmName vm) implements Reversible {
    @Override
    public ObjectKey object() {
      return ObjectKey.domain(vm);
    }

    @Override
    public String describe() {
      return "undefine " + vm;
    }
  }

  /**
   * Makes the named bridges of the host's Open vSwitch what they are to be, and removes others, in
   * one transaction. Ports of guests are never touched; other ports that are not named go. Legal
   * while each bridge is absent or Ballast's own, and no uplink carries an address, a route or
   * another link; undo restores the rows as they were.
   *
   * @param bridges whole targets, by name; each with its owner and the port of its own name
   * @param removed names of bridges of Ballast's that are to go
   */
  record SetSwitch(SortedMap<String, SwitchBridge> bridges, SortedSet<String> removed)
      implements Reversible {
    /** At most so many bridges in one action. */
    public static final int BRIDGE_LIMIT = 1_000;

    public SetSwitch {
      bridges = Collections.unmodifiableSortedMap(new TreeMap<>(bridges));
      removed = Collections.unmodifiableSortedSet(new TreeSet<>(removed));
      int count = bridges.size() + removed.size();
      if (count == 0 || count > BRIDGE_LIMIT) {
        throw new IllegalArgumentException(
            "one change of a switch names 1 to " + BRIDGE_LIMIT + " bridges, not " + count);
      }
      bridges.forEach(SetSwitch::checkTarget);
      if (!Collections.disjoint(removed, bridges.keySet())) {
        throw new IllegalArgumentException("a bridge is both wanted and removed");
      }
    }

    private static void checkTarget(String name, SwitchBridge target) {
      if (!target.name().equals(name)
          || target.owner().isEmpty()
          || !target.guests().isEmpty()
          || !target.ports().containsKey(name)) {
        throw new IllegalArgumentException(
            "bridge '" + name + "' needs its name, an owner, its own port and no guests");
      }
    }

    /** All bridges that the action concerns. */
    public SortedSet<String> names() {
      SortedSet<String> names = new TreeSet<>(bridges.keySet());
      names.addAll(removed);
      return names;
    }

    @Override
    public ObjectKey object() {
      return ObjectKey.OVS;
    }

    @Override
    public String describe() {
      StringBuilder text = new StringBuilder();
      bridges.forEach(
          (name, bridge) ->
              text.append(text.isEmpty() ? "" : ", ")
                  .append("bridge ")
                  .append(name)
                  .append(" (")
                  .append(bridge.describe())
                  .append(')'));
      if (!removed.isEmpty()) {
        text.append(text.isEmpty() ? "" : ", ")
            .append("remove ")
            .append(removed.size() == 1 ? "bridge " : "bridges ")
            .append(String.join(", ", removed));
      }
      return text.toString();
    }
  }
}
