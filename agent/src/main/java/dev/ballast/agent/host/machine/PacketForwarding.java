package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.core.model.HostSetting.IpForwarding;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether the kernel passes packets on. */
final class PacketForwarding {
  private static final String IPV4 = "/proc/sys/net/ipv4/ip_forward";
  private static final String IPV6 = "/proc/sys/net/ipv6/conf/all/forwarding";

  private final KernelFiles files;

  PacketForwarding(KernelFiles files) {
    this.files = files;
  }

  Optional<IpForwarding> read() {
    OptionalLong ipv4 = files.readLong(IPV4);
    return ipv4.isEmpty()
        ? Optional.empty()
        : Optional.of(new IpForwarding(ipv4.getAsLong() == 1, files.readLong(IPV6).orElse(0) == 1));
  }

  void write(IpForwarding target, KernelWriter kernel) throws IOException {
    kernel.write(IPV4, target.ipv4() ? "1" : "0");
    if (target.ipv6() || files.exists(IPV6)) {
      kernel.write(IPV6, target.ipv6() ? "1" : "0");
    }
  }
}
