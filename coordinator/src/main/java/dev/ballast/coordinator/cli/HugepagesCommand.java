package dev.ballast.coordinator.cli;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.LimitText;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hugepages of a host. */
@Command(
    name = "hugepages",
    description = {
      "Set how many hugepages of a size a host keeps, allocated at once, or given back with"
          + " --count 0.",
      "Without --node the count is shared evenly among the host's NUMA nodes. Pages in use are never"
          + " given back; 'ballast hosts HOST' shows what there is."
    })
final class HugepagesCommand extends ApiCommand {
  @Parameters(paramLabel = "HOST")
  private String host = "";

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      required = true,
      description = "Of one page, as the host's kernel has them: 2MiB, 1GiB.")
  private String size = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      required = true,
      description = "How many there are to be in all, used and free.")
  private long count;

  @Option(names = "--node", paramLabel = "K", description = "Only on this NUMA node.")
  private @Nullable Integer node;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  HugepagesCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    pages();
  }

  @Override
  int run(Session session) {
    PlanHostSettingRequest request =
        PlanHostSettingRequest.newBuilder()
            .addHosts(host)
            .setSetting(HostSettingCodec.toProto(pages()))
            .setAllNodes(node == null)
            .build();
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request)));
  }

  /** The kernel's documents say 2M where Ballast says 2MiB. */
  private static String full(String size) {
    return size.matches("\\d+[KMG]") ? size + "iB" : size;
  }

  private HostSetting pages() {
    try {
      return new HostSetting.Hugepages(LimitText.bytes(full(size)), node == null ? 0 : node, count);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "for example --size 2MiB --count 512");
    }
  }
}
