package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.PlanText;
import dev.ballast.core.practice.Doctor;
import dev.ballast.core.practice.Finding;
import dev.ballast.core.practice.Rule;
import dev.ballast.core.practice.Severity;
import dev.ballast.v1.DiagnoseRequest;
import dev.ballast.v1.DiagnoseResponse;
import java.util.Set;
import java.util.TreeSet;

/** What is against good practice. */
final class Diagnoses {
  private final Cluster cluster;

  Diagnoses(Cluster cluster) {
    this.cluster = cluster;
  }

  DiagnoseResponse diagnose(DiagnoseRequest request) {
    Snapshot snapshot = cluster.snapshot();
    Set<HostName> hosts = new TreeSet<>();
    request.getHostsList().forEach(name -> hosts.add(Inventories.knownHost(snapshot, name).name()));
    Set<String> rules = new TreeSet<>(request.getRulesList());
    Set<String> unknown = Doctor.unknown(rules);
    if (!unknown.isEmpty()) {
      throw Problem.notFound(
          "there is no rule "
              + String.join(", ", unknown)
              + "; 'ballast doctor --rules' lists them");
    }
    DiagnoseResponse.Builder response = DiagnoseResponse.newBuilder();
    for (Rule rule : Doctor.rules()) {
      if (rules.isEmpty() || rules.contains(rule.id())) {
        response.addRules(
            dev.ballast.v1.Rule.newBuilder()
                .setId(rule.id())
                .setTitle(rule.title())
                .setWhy(rule.why()));
      }
    }
    Doctor.examine(snapshot, hosts, rules).forEach(found -> response.addFindings(finding(found)));
    return response.setHostCount(hosts.isEmpty() ? snapshot.hosts().size() : hosts.size()).build();
  }

  private static dev.ballast.v1.Finding finding(Finding finding) {
    return dev.ballast.v1.Finding.newBuilder()
        .setRule(finding.rule())
        .setSeverity(severity(finding.severity()))
        .setHost(finding.host().value())
        .setVm(finding.vm().map(VmName::value).orElse(""))
        .setField(finding.field())
        .setText(finding.text())
        .setRemedy(finding.remedy())
        .setPlanText(finding.plan().map(PlanText::render).orElse(""))
        .build();
  }

  private static dev.ballast.v1.Severity severity(Severity severity) {
    return switch (severity) {
      case INFO -> dev.ballast.v1.Severity.SEVERITY_INFO;
      case WARNING -> dev.ballast.v1.Severity.SEVERITY_WARNING;
      case ERROR -> dev.ballast.v1.Severity.SEVERITY_ERROR;
    };
  }
}
