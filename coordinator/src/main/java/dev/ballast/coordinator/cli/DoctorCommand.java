package dev.ballast.coordinator.cli;

import dev.ballast.v1.DiagnoseRequest;
import dev.ballast.v1.DiagnoseResponse;
import dev.ballast.v1.Finding;
import dev.ballast.v1.Rule;
import dev.ballast.v1.Severity;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What on hosts and VMs is against good practice, and what mends it. */
@Command(
    name = "doctor",
    description = {
      "List what on hosts and VMs is against good practice, and what mends it; changes nothing.",
      "Exits with 5 when any finding is a warning or an error."
    })
final class DoctorCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..*", paramLabel = "HOST", description = "Only these.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--rule",
      paramLabel = "ID",
      description = "Only this rule, may be repeated; says why it exists.")
  private List<String> rules = new ArrayList<>();

  @Option(names = "--rules", description = "List the rules and examine nothing.")
  private boolean list;

  @Option(names = "--plan", description = "Print the plans that mend it, where Ballast has one.")
  private boolean plans;

  DoctorCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    DiagnoseRequest request =
        DiagnoseRequest.newBuilder().addAllHosts(hosts).addAllRules(rules).build();
    DiagnoseResponse found = session.call(stub -> stub.diagnose(request));
    DiagnoseResponse shown = list ? found.toBuilder().clearFindings().build() : found;
    output.print(session, shown, (message, wide) -> print(message, wide, session.terminal()));
    return shown.getFindingsList().stream().anyMatch(DoctorCommand::matters)
        ? ExitCode.DIFFERENT
        : ExitCode.DONE;
  }

  private static boolean matters(Finding finding) {
    return finding.getSeverity() == Severity.SEVERITY_WARNING
        || finding.getSeverity() == Severity.SEVERITY_ERROR;
  }

  private void print(DiagnoseResponse found, boolean wide, Terminal terminal) {
    if (list) {
      Table table = new Table("RULE", "WHAT", "WHY");
      found.getRulesList().forEach(rule -> table.row(rule.getId(), rule.getTitle(), rule.getWhy()));
      table.print(terminal);
      return;
    }
    if (found.getFindingsCount() > 0) {
      Table table =
          wide
              ? new Table("SEVERITY", "RULE", "HOST", "VM", "FIELD", "FOUND", "REMEDY")
              : new Table("SEVERITY", "RULE", "HOST", "VM", "FOUND");
      found.getFindingsList().forEach(finding -> table.row(row(finding, wide)));
      table.print(terminal);
    }
    if (!wide) {
      remedies(found, terminal);
    }
    terminal.line(summary(found));
  }

  private static List<Table.Cell> row(Finding finding, boolean wide) {
    List<Table.Cell> cells =
        new ArrayList<>(
            List.of(
                severity(finding.getSeverity()),
                Table.Cell.of(finding.getRule()),
                Table.Cell.of(finding.getHost()),
                Table.Cell.of(finding.getVm())));
    if (wide) {
      cells.add(Table.Cell.of(finding.getField()));
      cells.add(Table.Cell.of(finding.getText()));
      cells.add(Table.Cell.of(finding.getRemedy()));
    } else {
      cells.add(Table.Cell.of(finding.getField() + " " + finding.getText()));
    }
    return cells;
  }

  private static Table.Cell severity(Severity severity) {
    String word = Words.name(severity, "SEVERITY_");
    Style style =
        switch (severity) {
          case SEVERITY_ERROR -> Style.BAD;
          case SEVERITY_WARNING -> Style.WARNING;
          case SEVERITY_INFO, SEVERITY_UNSPECIFIED, UNRECOGNIZED -> Style.FAINT;
        };
    return new Table.Cell(word, style);
  }

  /** For each rule that found something: why, and what mends it. */
  private void remedies(DiagnoseResponse found, Terminal terminal) {
    for (Rule rule : found.getRulesList()) {
      List<Finding> ofRule =
          found.getFindingsList().stream().filter(f -> f.getRule().equals(rule.getId())).toList();
      if (ofRule.isEmpty()) {
        continue;
      }
      terminal.line("");
      terminal.line(rule.getId() + " " + rule.getTitle() + ": " + rule.getWhy());
      for (Finding finding : ofRule) {
        terminal.line("  " + place(finding) + ": " + finding.getRemedy());
        if (plans && !finding.getPlanText().isEmpty()) {
          finding.getPlanText().lines().forEach(line -> terminal.line("      " + line));
        }
      }
    }
    if (found.getFindingsCount() > 0) {
      terminal.line("");
    }
  }

  private static String place(Finding finding) {
    return finding.getVm().isEmpty() ? finding.getHost() : finding.getVm();
  }

  private static String summary(DiagnoseResponse found) {
    long matter = found.getFindingsList().stream().filter(DoctorCommand::matters).count();
    return found.getRulesCount()
        + " rules on "
        + found.getHostCount()
        + (found.getHostCount() == 1 ? " host: " : " hosts: ")
        + matter
        + " to mend, "
        + (found.getFindingsCount() - matter)
        + " to know";
  }
}
