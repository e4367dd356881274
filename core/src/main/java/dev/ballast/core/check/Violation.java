package dev.ballast.core.check;

/**
 * What is wrong with a plan.
 *
 * @param rule which promise is broken
 * @param step the number of the step; 0 for the plan as a whole
 */
public record Violation(Rule rule, int step, String message) {
  /** What every plan promises. */
  public enum Rule {
    /** Steps go to hosts that are known, connected and may be changed. */
    HOST,
    /** Nothing frozen or observed only is touched. */
    FROZEN,
    /** Each action is legal in the state that the earlier steps leave. */
    STATE,
    /** Each expectation is what the snapshot, or the earlier steps, say. */
    EXPECTATION,
    /** Dependencies name earlier steps, and order all steps on one object. */
    DEPENDENCY,
    /** Pins name CPUs of the host, one set for each vCPU. */
    PINS,
    /** Limits are possible, and those wanted where a domain is defined. */
    LIMITS,
    /** Things of hosts are set within what the hosts have. */
    HOST_SETTING,
    /** Memory of host and nodes suffices in each intermediate state. */
    MEMORY,
    /** Hugepages of each node suffice in each intermediate state. */
    HUGEPAGES,
    /** Devices that a VM is given exist, are as many as it asks for, and no other VM's. */
    DEVICES,
    /** A guest that sees several NUMA nodes lies on as many, equal parts on each. */
    GUEST_NODES,
    /** VMs of one anti-affinity group are on different hosts. */
    ANTI_AFFINITY,
    /** VMs are only on hosts that their specification allows. */
    ALLOWED_HOSTS,
    /** Labels of the host are those that the VM asks for, and the VM tolerates its taints. */
    HOST_TRAITS,
    /** VMs of one affinity group share a host when the plan has ended. */
    AFFINITY,
    /** No failure domain ever holds more VMs of a group than their spread allows. */
    SPREAD,
    /** CPUs of a dedicated VM are its own. */
    DEDICATED,
    /** A rendered domain is what specification and assignment say. */
    DOMAIN,
    /** Bridges are what networks ask for, and there before VMs that attach to them. */
    NETWORK
  }

  @Override
  public String toString() {
    return (step == 0 ? "plan" : "step " + step) + ": " + message + " (" + rule + ")";
  }
}
