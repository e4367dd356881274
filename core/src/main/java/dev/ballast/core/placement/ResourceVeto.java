package dev.ballast.core.placement;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A host lacks hugepages, devices, or nodes that a wide VM could be split over. */
public sealed interface ResourceVeto extends Veto {
  /** The kernel of the host has no pages of that size at all. */
  record NoHugepageSize(HostName host, long pageBytes, SortedSet<Long> sizes)
      implements ResourceVeto {
    public NoHugepageSize {
      sizes = Collections.unmodifiableSortedSet(new TreeSet<>(sizes));
    }

    @Override
    public String reason() {
      return "has no hugepages of "
          + LimitText.bytes(pageBytes)
          + (sizes.isEmpty()
              ? ""
              : ", only of "
                  + sizes.stream().map(LimitText::bytes).collect(Collectors.joining(", ")));
    }

    @Override
    public String smallestChange() {
      return "boot "
          + host
          + " with hugepagesz="
          + LimitText.bytes(pageBytes).replace("iB", "")
          + (sizes.isEmpty() ? "" : ", or set hugepages: " + LimitText.bytes(sizes.first()));
    }
  }

  /**
   * No node has the pages; {@code node} is the one that lacks least.
   *
   * @param totalPages that the node has now, free or not
   * @param canGrow whether the node has the ordinary memory to make those that are missing of
   */
  record NotEnoughHugepages(
      HostName host, int node, long pageBytes, long missingPages, long totalPages, boolean canGrow)
      implements ResourceVeto {
    @Override
    public String reason() {
      return "lacks "
          + missingPages
          + " free hugepages of "
          + LimitText.bytes(pageBytes)
          + " on NUMA node "
          + node
          + " (it has "
          + totalPages
          + " in all)";
    }

    @Override
    public String smallestChange() {
      return canGrow
          ? "'ballast hugepages "
              + host
              + " --size "
              + LimitText.bytes(pageBytes)
              + " --node "
              + node
              + " --count "
              + (totalPages + missingPages)
              + " --run'"
          : "free "
              + missingPages
              + " hugepages of "
              + LimitText.bytes(pageBytes)
              + " on NUMA node "
              + node
              + " of "
              + host;
    }
  }

  /** The host has too few devices of the pool that no other VM was given. */
  record NotEnoughDevices(HostName host, String pool, int needed, int free, int total)
      implements ResourceVeto {
    @Override
    public String reason() {
      return total == 0
          ? "has no devices of pool '" + pool + "'"
          : "has "
              + free
              + " free devices of "
              + total
              + " in pool '"
              + pool
              + "', the VM is given "
              + needed;
    }

    @Override
    public String smallestChange() {
      int missing = needed - free;
      String devices = missing + (missing == 1 ? " device" : " devices") + " of pool '" + pool;
      return total < needed
          ? "add "
              + (needed - total)
              + " to host.devices."
              + pool
              + " in the agent.yaml of "
              + host
              + (total > free ? ", and free " + (total - free) + " that others have" : "")
          : "free " + devices + "' on " + host;
    }
  }

  /** The VM runs on another host, which it cannot leave as it runs. */
  record NotMovable(HostName host, VmName vm, String why) implements ResourceVeto {
    @Override
    public String reason() {
      return "cannot take the running VM: " + why;
    }

    @Override
    public String smallestChange() {
      return "shut " + vm + " down before it is placed anew";
    }
  }

  /**
   * The VM is larger than each NUMA node of the host, and no nodes take equal parts of it.
   *
   * @param vcpus the most, below what it has, with which it would find a place
   */
  record TooWide(HostName host, int vcpus) implements ResourceVeto {
    @Override
    public String reason() {
      return "has no NUMA nodes that take equal parts of the VM, which is larger than each of them";
    }

    @Override
    public String smallestChange() {
      return "give the VM " + vcpus + (vcpus == 1 ? " vCPU" : " vCPUs");
    }
  }
}
