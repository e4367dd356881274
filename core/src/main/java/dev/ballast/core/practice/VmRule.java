package dev.ballast.core.practice;

import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A rule about what the XML of each domain says. */
abstract class VmRule implements Rule {
  /** A domain, what its XML says, and its specification if Ballast defined it. */
  record Subject(
      Snapshot snapshot,
      HostView host,
      ObservedDomain domain,
      DomainSetup setup,
      Optional<VmSpec> spec) {
    VmName vm() {
      return domain.name();
    }

    /** The hosts of the cluster besides its own where the VM may run. */
    List<HostView> otherHosts() {
      return snapshot.hosts().values().stream()
          .filter(other -> !other.name().equals(host.name()))
          .filter(other -> spec.map(s -> allowed(s, other.name())).orElse(true))
          .toList();
    }

    private static boolean allowed(VmSpec spec, HostName host) {
      return spec.hosts().isEmpty() || spec.hosts().contains(host);
    }

    /** How the XML is changed of a domain that Ballast did not define. */
    String edit(String change) {
      return "virsh edit " + vm() + ": " + change + "; then restart it";
    }
  }

  @Override
  public final List<Finding> examine(Snapshot snapshot, HostView host) {
    List<Finding> findings = new ArrayList<>();
    host.facts()
        .setups()
        .forEach(
            (vm, setup) -> {
              ObservedDomain domain = host.domains().get(vm);
              if (domain != null) {
                Optional<VmSpec> spec =
                    domain.specDigest().flatMap(d -> Optional.ofNullable(snapshot.specs().get(vm)));
                findings.addAll(examine(new Subject(snapshot, host, domain, setup, spec)));
              }
            });
    return findings;
  }

  abstract List<Finding> examine(Subject subject);

  Finding finding(Subject subject, Severity severity, String field, String text, String remedy) {
    return new Finding(
        id(),
        severity,
        subject.host().name(),
        Optional.of(subject.vm()),
        field,
        text,
        remedy,
        Optional.empty());
  }
}
