package dev.ballast.core.practice;

import dev.ballast.core.model.HostView;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Each object has one owner. */
final class OtherOwnerRule implements Rule {
  @Override
  public String id() {
    return "BL011";
  }

  @Override
  public String title() {
    return "one owner";
  }

  @Override
  public String why() {
    return "Two programs that set the same pins, knobs or domains undo each other's work for ever.";
  }

  @Override
  public List<Finding> examine(Snapshot snapshot, HostView host) {
    List<Finding> findings = new ArrayList<>();
    host.facts()
        .owners()
        .forEach(
            (owner, evidence) ->
                findings.add(
                    new Finding(
                        id(),
                        severity(owner),
                        host.name(),
                        Optional.empty(),
                        owner.title(),
                        consequence(owner) + " (" + evidence + ")",
                        remedy(owner),
                        Optional.empty())));
    host.facts()
        .setups()
        .forEach(
            (vm, setup) ->
                setup
                    .owner()
                    .ifPresent(
                        owner ->
                            findings.add(
                                new Finding(
                                    id(),
                                    Severity.INFO,
                                    host.name(),
                                    Optional.of(vm),
                                    "metadata",
                                    "belongs to " + owner.title() + ": Ballast leaves it alone",
                                    "change it through " + owner.title(),
                                    Optional.empty()))));
    return findings;
  }

  private static Severity severity(OtherOwner owner) {
    return switch (owner) {
      case NUMAD, KSMTUNED, VDSM -> Severity.WARNING;
      case TUNED, NETWORK_MANAGER, NETPLAN, NOVA -> Severity.INFO;
    };
  }

  private static String consequence(OtherOwner owner) {
    return switch (owner) {
      case NUMAD -> "moves processes between NUMA nodes: Ballast refuses to pin here";
      case KSMTUNED -> "sets KSM by itself: Ballast refuses to set it here";
      case VDSM -> "sets KSM and manages its own domains: Ballast refuses both here";
      case TUNED -> "sets governors and kernel knobs; no knob that Ballast sets";
      case NETWORK_MANAGER, NETPLAN -> "owns interfaces and bridges that it configures";
      case NOVA -> "starts, stops and moves its own domains: Ballast refuses to change those";
    };
  }

  private static String remedy(OtherOwner owner) {
    return switch (owner) {
      case NUMAD -> "systemctl disable --now numad";
      case KSMTUNED -> "systemctl disable --now ksmtuned";
      case TUNED -> "none needed";
      case NETWORK_MANAGER -> "leave Ballast's bridges out of its configuration";
      case NETPLAN -> "leave Ballast's bridges out of /etc/netplan";
      case VDSM, NOVA -> "let one of the two manage this host, or run the agent with observeOnly";
    };
  }
}
