package dev.ballast.coordinator.cli;

import dev.ballast.coordinator.cli.Table.Cell;
import dev.ballast.core.model.VmLimits;
import dev.ballast.v1.DomainState;
import dev.ballast.v1.ListVmsRequest;
import dev.ballast.v1.ListVmsResponse;
import dev.ballast.v1.Vm;
import dev.ballast.wire.LimitCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The VMs, one a line. */
@Command(name = "vms", description = "List the VMs, and domains that nobody specified.")
final class VmsCommand extends ApiCommand {
  private static final String[] NARROW = {
    "VM", "HOST", "STATE", "VCPUS", "MEMORY", "CPU USE", "WAITS", "RUNS ON", "NOTES"
  };
  private static final String[] WIDE = {
    "VM",
    "HOST",
    "STATE",
    "VCPUS",
    "MEMORY",
    "CPU USE",
    "WAITS",
    "RUNS ON",
    "THROTTLED",
    "CLOCK",
    "ASSIGNED",
    "EMULATOR",
    "AUTOMATION",
    "LIMITS",
    "NOTES"
  };

  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "VM", description = "Only this one.")
  private String vm = "";

  VmsCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ListVmsResponse vms =
        session.call(stub -> stub.listVms(ListVmsRequest.newBuilder().setVm(vm).build()));
    output.print(session, vms, (message, wide) -> print(message, wide, session.terminal()));
    return ExitCode.DONE;
  }

  private static void print(ListVmsResponse vms, boolean wide, Terminal terminal) {
    if (vms.getVmsCount() == 0) {
      terminal.line("No VM is known yet: 'ballast apply -f DIRECTORY' makes them from YAML.");
      return;
    }
    Table table = new Table(wide ? WIDE : NARROW);
    vms.getVmsList().forEach(vm -> table.row(row(vm, wide)));
    table.print(terminal);
  }

  private static List<Cell> row(Vm vm, boolean wide) {
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.of(vm.getName()));
    cells.add(Cell.of(vm.getHost()));
    cells.add(state(vm.getState()));
    cells.add(Cell.of(String.valueOf(vm.getVcpus())));
    cells.add(Cell.of(Words.bytes(vm.getMemoryBytes())));
    cells.add(Cell.of(vm.hasLoad() ? Words.percent(vm.getLoad().getUsageMillis()) : ""));
    cells.add(Cell.of(vm.hasLoad() ? Words.percent(vm.getLoad().getContentionMillis()) : ""));
    cells.add(Cell.of(vm.hasLivePins() ? Words.pins(vm.getLivePins()) : ""));
    if (wide) {
      cells.add(Cell.of(vm.hasLoad() ? Words.percent(vm.getLoad().getThrottledMillis()) : ""));
      cells.add(Cell.of(clock(vm)));
      cells.add(Cell.of(vm.hasAssignedPins() ? Words.pins(vm.getAssignedPins()) : ""));
      cells.add(Cell.of(vm.hasLivePins() ? vm.getLivePins().getEmulator() : ""));
      cells.add(Cell.of(Words.name(vm.getAutomation(), "AUTOMATION_")));
      cells.add(Cell.of(vm.hasLimits() ? limits(vm) : ""));
    }
    cells.add(Cell.of(notes(vm)));
    return cells;
  }

  static Cell state(DomainState state) {
    Style style =
        switch (state) {
          case DOMAIN_STATE_RUNNING -> Style.GOOD;
          case DOMAIN_STATE_CRASHED -> Style.BAD;
          case DOMAIN_STATE_PAUSED, DOMAIN_STATE_SUSPENDED, DOMAIN_STATE_SHUTTING_DOWN ->
              Style.WARNING;
          case DOMAIN_STATE_SHUT_OFF,
              DOMAIN_STATE_UNKNOWN,
              DOMAIN_STATE_UNSPECIFIED,
              UNRECOGNIZED ->
              Style.PLAIN;
        };
    return new Cell(Words.name(state, "DOMAIN_STATE_"), style);
  }

  /** By how much the guest's clock is ahead of its host's. */
  private static String clock(Vm vm) {
    if (!vm.hasLoad() || !vm.getLoad().hasClockOffsetMillis()) {
      return "";
    }
    long millis = vm.getLoad().getClockOffsetMillis();
    return (millis < 0 ? "-" : "+") + Words.span(Math.abs(millis));
  }

  private static String limits(Vm vm) {
    VmLimits limits = LimitCodec.fromProto(vm.getLimits());
    return limits.equals(VmLimits.NONE) ? "" : limits.toString();
  }

  private static String notes(Vm vm) {
    return Stream.of(
            vm.getSpecified() ? "" : "not specified",
            vm.getFrozen() ? "frozen" : "",
            vm.getPinsOverride() ? "pinned by an operator" : "",
            vm.getLimitsOverride() ? "limited by an operator" : "",
            vm.getSnapshotsCount() == 0 ? "" : Words.count(vm.getSnapshotsCount(), "snapshot"))
        .filter(note -> !note.isEmpty())
        .collect(Collectors.joining(", "));
  }
}
