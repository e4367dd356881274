package dev.ballast.coordinator.cli;

import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.VmLimits;
import dev.ballast.v1.ListVmsRequest;
import dev.ballast.v1.PlanLimitsRequest;
import dev.ballast.v1.Vm;
import dev.ballast.wire.LimitCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Limits a VM by hand. */
@Command(
    name = "limit",
    description = {
      "Limit what a VM takes of its host, at once and for later starts. What is not named stays as"
          + " it is; 'none' takes a limit away.",
      "The limits hold instead of the specified ones until --clear, a rollback, or new limits in"
          + " the specification."
    })
final class LimitCommand extends ApiCommand {
  private static final String NONE = "none";

  @Parameters(paramLabel = "VM")
  private String vm = "";

  @Option(
      names = "--cpu-weight",
      paramLabel = "N",
      description = "Its weight when CPUs are short, 1 to 10000; 100 is everyone's.")
  private @Nullable Integer cpuWeight;

  @Option(
      names = "--vcpu-quota",
      paramLabel = "QUOTA",
      description = "What each vCPU may use: 25%% of a CPU, or QUOTA/PERIOD in microseconds.")
  private String vcpuQuota = "";

  @Option(
      names = "--emulator-quota",
      paramLabel = "QUOTA",
      description = "What QEMU's own threads may use.")
  private String emulatorQuota = "";

  @Option(
      names = "--global-quota",
      paramLabel = "QUOTA",
      description = "What the VM may use as a whole; not below the other quotas.")
  private String globalQuota = "";

  @Option(
      names = "--iothread-quota",
      paramLabel = "QUOTA",
      description = "What each I/O thread may use.")
  private String iothreadQuota = "";

  @Option(
      names = "--memory-hard",
      paramLabel = "SIZE",
      description =
          "The kernel ends the VM when its memory, QEMU's own included, exceeds this. Never needed"
              + " for a well-behaved VM.")
  private String memoryHard = "";

  @Option(
      names = "--memory-swap",
      paramLabel = "SIZE",
      description =
          "The same for memory and swap together (cgroup version 1) or swap alone (version 2);"
              + " needs --memory-hard.")
  private String memorySwap = "";

  @Option(
      names = "--blkio-weight",
      paramLabel = "N",
      description = "Its weight when disks are busy, 10 to 1000; needs the BFQ scheduler.")
  private String blkioWeight = "";

  @Option(
      names = "--memory-soft",
      paramLabel = "SIZE",
      description = "The host takes memory above this back first, such as 512MiB.")
  private String memorySoft = "";

  @Option(
      names = "--balloon",
      paramLabel = "SIZE",
      description = "What the guest is to keep of its memory.")
  private String balloon = "";

  @Option(
      names = "--disk",
      paramLabel = "DISK:LIMITS",
      description =
          "All limits of a disk a second, as vda:iops=500,bytes=10MiB or with read-iops, write-iops,"
              + " read-bytes, write-bytes; with a burst and its seconds as iops=500/2000/30; may be"
              + " repeated.")
  private List<String> disks = new ArrayList<>();

  @Option(
      names = "--nic",
      paramLabel = "NIC:RATES",
      description =
          "All rates of a NIC, seen from the guest, as 0:in=1MiB,out=512KiB a second, or with peak"
              + " and burst as in=1MiB/2MiB/512KiB; may be repeated.")
  private List<String> nics = new ArrayList<>();

  @Option(names = "--clear", description = "Let the specified limits hold again.")
  private boolean clear;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  LimitCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    boolean nothing =
        cpuWeight == null
            && disks.isEmpty()
            && nics.isEmpty()
            && (vcpuQuota + emulatorQuota + globalQuota + iothreadQuota).isEmpty()
            && (memorySoft + memoryHard + memorySwap + balloon + blkioWeight).isEmpty();
    if (nothing && !clear) {
      throw new CliException(
          ExitCode.USAGE, "nothing to limit", "give --cpu-weight, another limit, or --clear");
    }
    if (!nothing && clear) {
      throw new CliException(
          ExitCode.USAGE, "--clear stands alone", "it ends all limits that an operator set");
    }
    limits(VmLimits.NONE);
  }

  @Override
  int run(Session session) {
    List<Vm> found =
        session
            .call(stub -> stub.listVms(ListVmsRequest.newBuilder().setVm(vm).build()))
            .getVmsList();
    if (found.size() != 1 || !found.getFirst().getSpecified()) {
      throw new CliException(
          ExitCode.USAGE, "there is no specified VM '" + vm + "'", "'ballast vms' lists them");
    }
    PlanLimitsRequest.Builder request = PlanLimitsRequest.newBuilder().setVm(vm);
    if (!clear) {
      VmLimits now = LimitCodec.fromProto(found.getFirst().getLimits());
      request.setLimits(LimitCodec.toProto(limits(now)));
    }
    return change.carryOut(session, session.call(stub -> stub.planLimits(request.build())));
  }

  /** What holds now, with what is named. */
  private VmLimits limits(VmLimits now) {
    int weight = cpuWeight == null ? now.cpuWeight() : cpuWeight;
    Optional<CpuQuota> vcpu = part("--vcpu-quota", vcpuQuota, now.vcpuQuota(), CpuQuota::parse);
    Optional<CpuQuota> emulator =
        part("--emulator-quota", emulatorQuota, now.emulatorQuota(), CpuQuota::parse);
    Optional<CpuQuota> global =
        part("--global-quota", globalQuota, now.globalQuota(), CpuQuota::parse);
    SortedMap<String, DiskLimits> newDisks = new TreeMap<>(now.disks());
    for (String disk : disks) {
      newDisks.put(device("--disk", disk), read("--disk", afterColon(disk), LimitText::disk));
    }
    SortedMap<Integer, NicLimits> newNics = new TreeMap<>(now.nics());
    for (String nic : nics) {
      int number = read("--nic", device("--nic", nic), LimitCommand::nicNumber);
      newNics.put(number, read("--nic", afterColon(nic), LimitText::nic));
    }
    return read("--cpu-weight", "", ignored -> now.withCpu(weight, vcpu, emulator, global))
        .withMemory(
            part("--memory-soft", memorySoft, now.memorySoftBytes(), LimitCommand::pages),
            part("--balloon", balloon, now.balloonBytes(), text -> LimitText.kib(text) * 1024))
        .withDevices(newDisks, newNics)
        .withIothreadQuota(
            part("--iothread-quota", iothreadQuota, now.iothreadQuota(), CpuQuota::parse))
        .withCap(
            new MemoryCap(
                part("--memory-hard", memoryHard, now.cap().hardBytes(), LimitCommand::pages),
                part("--memory-swap", memorySwap, now.cap().swapBytes(), LimitCommand::pages)))
        .withBlkioWeight(
            part("--blkio-weight", blkioWeight, now.blkioWeight(), LimitCommand::weight));
  }

  private static int weight(String text) {
    if (!text.matches("[0-9]{1,4}")) {
      throw new IllegalArgumentException("a weight is a whole number, not '" + text + "'");
    }
    return VmLimits.NONE
        .withBlkioWeight(Optional.of(Integer.valueOf(text)))
        .blkioWeight()
        .orElseThrow();
  }

  private static long pages(String text) {
    long bytes = LimitText.bytes(text);
    if (bytes <= 0 || bytes % 4096 != 0) {
      throw new IllegalArgumentException("'" + text + "' is no multiple of 4KiB, a page");
    }
    return bytes;
  }

  private static int nicNumber(String text) {
    if (!text.matches("[0-9]{1,2}")) {
      throw new IllegalArgumentException("NICs are counted from 0, not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private static String device(String option, String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new CliException(
          ExitCode.USAGE, option + " " + text, "the device stands before a colon, see --help");
    }
    return text.substring(0, colon);
  }

  private static String afterColon(String text) {
    return text.substring(text.indexOf(':') + 1);
  }

  private static <T> Optional<T> part(
      String option, String text, Optional<T> now, Function<String, T> parser) {
    if (text.isEmpty()) {
      return now;
    }
    return text.equals(NONE) ? Optional.empty() : Optional.of(read(option, text, parser));
  }

  private static <T> T read(String option, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, option + ": " + e.getMessage(), "see --help", e);
    }
  }
}
