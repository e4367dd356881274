package dev.ballast.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.practice.LocalHost;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.practice.Doctor;
import dev.ballast.core.practice.Finding;
import dev.ballast.core.practice.Rule;
import dev.ballast.core.practice.Severity;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ballast-agent doctor}: rules of good practice on this host, without any coordinator. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lists what on this host is against good practice, and what mends it; changes nothing and"
          + " needs neither configuration nor coordinator.",
      "Exits with 5 when any finding is a warning or an error."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:nothing to mend",
      "1:libvirt cannot be used",
      "2:wrong usage",
      "5:something to mend"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int TO_MEND = 5;

  enum Output {
    table,
    json
  }

  @Option(
      names = "--libvirt",
      paramLabel = "URI",
      defaultValue = "qemu:///system",
      description = "Where libvirt is (default: ${DEFAULT-VALUE}).")
  private String libvirt = "qemu:///system";

  @Option(names = "--rule", paramLabel = "ID", description = "Only this rule, may be repeated.")
  private List<String> rules = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output = Output.table;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    CommandSpec command = Objects.requireNonNull(spec);
    Set<String> wanted = new TreeSet<>(rules);
    Set<String> unknown = Doctor.unknown(wanted);
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          command.commandLine(),
          "there is no rule " + String.join(", ", unknown) + "; the rules are " + ids());
    }
    Snapshot snapshot = LocalHost.read(new KernelFiles(Path.of("/")), libvirt);
    List<Finding> findings = Doctor.examine(snapshot, Set.of(), wanted);
    List<Rule> skipped =
        Doctor.rules().stream()
            .filter(
                rule -> rule.comparesHosts() && (wanted.isEmpty() || wanted.contains(rule.id())))
            .toList();
    PrintWriter out = command.commandLine().getOut();
    switch (output) {
      case json -> out.println(json(snapshot.hosts().firstKey(), findings, skipped));
      case table -> print(out, findings, skipped);
    }
    out.flush();
    return findings.stream().anyMatch(f -> f.severity() != Severity.INFO) ? TO_MEND : 0;
  }

  private static List<String> ids() {
    return Doctor.rules().stream().map(Rule::id).toList();
  }

  private static void print(PrintWriter out, List<Finding> findings, List<Rule> skipped) {
    for (Finding finding : findings) {
      out.printf(
          "%-8s %s  %s %s %s%n         %s%n",
          word(finding.severity()),
          finding.rule(),
          place(finding),
          finding.field(),
          finding.text(),
          finding.remedy());
    }
    long matter = findings.stream().filter(f -> f.severity() != Severity.INFO).count();
    out.printf("%d to mend, %d to know%n", matter, findings.size() - matter);
    skipped.forEach(
        rule ->
            out.printf(
                "not examined, for it compares the hosts of a cluster: %s %s%n",
                rule.id(), rule.title()));
  }

  private static String place(Finding finding) {
    return finding.vm().map(Object::toString).orElse(finding.host().value());
  }

  private static String word(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  private static String json(HostName host, List<Finding> findings, List<Rule> skipped) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode().put("host", host.value());
    ArrayNode list = root.putArray("findings");
    for (Finding finding : findings) {
      list.addObject()
          .put("rule", finding.rule())
          .put("severity", word(finding.severity()))
          .put("vm", finding.vm().map(Object::toString).orElse(""))
          .put("field", finding.field())
          .put("text", finding.text())
          .put("remedy", finding.remedy());
    }
    ArrayNode notExamined = root.putArray("notExamined");
    skipped.forEach(rule -> notExamined.add(rule.id()));
    return root.toPrettyString();
  }
}
