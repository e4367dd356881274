package dev.ballast.coordinator.cli;

import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.CpuPins;
import dev.ballast.v1.ListVmsRequest;
import dev.ballast.v1.PlanPinRequest;
import dev.ballast.v1.Vm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pins a VM by hand. */
@Command(
    name = "pin",
    description = {
      "Pin a VM's vCPUs and emulator to CPUs of its host. What is not named stays as it is.",
      "The balancer never moves such pins, unless --once leaves the VM to it afterwards."
    })
final class PinCommand extends ApiCommand {
  @Parameters(paramLabel = "VM")
  private String vm = "";

  @Option(
      names = "--vcpu",
      paramLabel = "N=CPUS",
      description = "The CPUs of one vCPU, as 0=2-3; may be repeated.")
  private Map<Integer, String> vcpus = new TreeMap<>();

  @Option(names = "--emulator", paramLabel = "CPUS", description = "The CPUs of the emulator.")
  private String emulator = "";

  @Option(names = "--once", description = "Pin now, and let the balancer move the VM later.")
  private boolean once;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  PinCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    if (vcpus.isEmpty() && emulator.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "nothing to pin", "give --vcpu N=CPUS or --emulator");
    }
  }

  @Override
  int run(Session session) {
    List<Vm> found =
        session
            .call(stub -> stub.listVms(ListVmsRequest.newBuilder().setVm(vm).build()))
            .getVmsList();
    if (found.size() != 1) {
      throw new CliException(
          ExitCode.USAGE, "there is no VM '" + vm + "'", "'ballast vms' lists them");
    }
    PlanPinRequest request =
        PlanPinRequest.newBuilder().setVm(vm).setPins(pins(found.getFirst())).setOnce(once).build();
    return change.carryOut(session, session.call(stub -> stub.planPin(request)));
  }

  private CpuPins pins(Vm now) {
    CpuPins before = now.hasAssignedPins() ? now.getAssignedPins() : now.getLivePins();
    int count = now.getVcpus();
    for (int number : vcpus.keySet()) {
      if (number < 0 || number >= count) {
        throw new CliException(
            ExitCode.USAGE, vm + " has no vCPU " + number, "its vCPUs are 0 to " + (count - 1));
      }
    }
    List<String> lists = new ArrayList<>();
    CpuSet all = CpuSet.EMPTY;
    for (int number = 0; number < count; number++) {
      CpuSet cpus = vcpu(number, before);
      lists.add(cpus.toString());
      all = all.union(cpus);
    }
    String kept = before.getEmulator().isEmpty() ? all.toString() : before.getEmulator();
    String emulatorCpus = emulator.isEmpty() ? kept : parse("--emulator", emulator).toString();
    return CpuPins.newBuilder().addAllVcpus(lists).setEmulator(emulatorCpus).build();
  }

  private CpuSet vcpu(int number, CpuPins before) {
    String wanted = vcpus.get(number);
    if (wanted != null) {
      return parse("--vcpu " + number, wanted);
    }
    if (number < before.getVcpusCount()) {
      return CpuSet.parse(before.getVcpus(number));
    }
    throw new CliException(
        ExitCode.USAGE,
        "where vCPU " + number + " of " + vm + " runs is not known",
        "name all vCPUs with --vcpu");
  }

  private static CpuSet parse(String option, String list) {
    try {
      CpuSet cpus = CpuSet.parse(list);
      if (cpus.isEmpty()) {
        throw new IllegalArgumentException("no CPU is named");
      }
      return cpus;
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, option + ": " + e.getMessage(), "CPUs are written as 0-3,5", e);
    }
  }
}
