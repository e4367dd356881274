package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.libvirt.NetworkCalls;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.Trash;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The right to set things of the machine. Whoever does not hold one cannot: dry-run code is never
 * handed one.
 */
public final class MachineWriter {
  private final KernelFiles files;
  private final KernelWriter kernel;
  private final Commands commands;
  private final Optional<Networks> networks;

  /** The networks of libvirt, and the right to change them. */
  public record Networks(NetworkCalls calls, NetworkCalls.Writer writer) {}

  /** Without libvirt. */
  public MachineWriter(KernelFiles files, KernelWriter kernel, Commands commands) {
    this(files, kernel, commands, Optional.empty());
  }

  public MachineWriter(
      KernelFiles files, KernelWriter kernel, Commands commands, Optional<Networks> networks) {
    this.networks = networks;
    this.files = files;
    this.kernel = kernel;
    this.commands = commands;
  }

  /**
   * Writes the setting; whether it took is seen by reading it.
   *
   * @throws IOException naming the file or the program that refused
   */
  public void write(HostSetting target, CpuSet online) throws IOException, InterruptedException {
    switch (target) {
      case Hugepages pages ->
          kernel.write(new HugepagePools(files).countFile(pages), Long.toString(pages.count()));
      case ReservedCpus(CpuSet cpus) -> reserve(cpus, online);
      case TimeSources sources -> sources(sources);
      case IpForwarding forwarding -> new PacketForwarding(files).write(forwarding, kernel);
      case PortForwards forwards -> commands.feed(NftTable.LOAD, NftTable.text(forwards));
      case VirtualNetworks wanted -> {
        Networks libvirt =
            networks.orElseThrow(() -> new IOException("there is no libvirt to ask"));
        new VirtualNetworkChange(libvirt.calls(), files).write(wanted, libvirt.writer());
      }
      case OtherNetworks others -> throw new IOException(others.key() + " are never set");
      case OwnLinks wanted -> links(wanted);
      case LinkSetting others -> throw new IOException(others.key() + " are never set");
      case Trash trash -> throw new IOException(trash.key() + " is only purged");
      case StoredFile file ->
          throw new IOException(file.key() + " is none of the machine's things");
    }
  }

  private void links(OwnLinks target) throws IOException, InterruptedException {
    LinkTable.Links now =
        new LinkTable(files, commands)
            .links()
            .orElseThrow(() -> new IOException("'ip' does not tell the links"));
    List<String> lines = LinkChange.lines(target, now);
    if (!lines.isEmpty()) {
      commands.feed(LinkChange.BATCH, String.join("\n", lines) + "\n");
    }
  }

  private void reserve(CpuSet cpus, CpuSet online) throws IOException, InterruptedException {
    GuestCpus guests = new GuestCpus(files);
    CpuSet left = online.minus(cpus);
    Optional<String> group = guests.groupFile();
    if (group.isPresent()) {
      confine(group.get(), guests.domainFiles(group.get()), left);
    } else {
      allow(left.toString());
      if (cpus.isEmpty()) {
        // Forgetting the property alone would leave the group as narrow as it is.
        allow("");
      }
    }
  }

  private void allow(String cpus) throws IOException, InterruptedException {
    commands.run(List.of("systemctl", "set-property", GuestCpus.SLICE, "AllowedCPUs=" + cpus));
  }

  /** A group is never wider than the one above it: what shrinks does so from below. */
  private void confine(String group, List<String> domains, CpuSet left) throws IOException {
    boolean shrinks = !left.containsAll(cpus(group));
    Map<String, CpuSet> former = new LinkedHashMap<>();
    List<String> order = new ArrayList<>(domains);
    order.add(shrinks ? order.size() : 0, group);
    try {
      for (String file : order) {
        former.put(file, cpus(file));
        kernel.write(file, left.toString());
      }
    } catch (IOException e) {
      for (Map.Entry<String, CpuSet> entry : new ArrayList<>(former.entrySet()).reversed()) {
        kernel.write(entry.getKey(), entry.getValue().toString());
      }
      throw e;
    }
  }

  private CpuSet cpus(String file) throws IOException {
    try {
      return CpuSet.parse(files.read(file).orElse("").strip());
    } catch (IllegalArgumentException e) {
      throw new IOException("cannot read the CPUs of " + file, e);
    }
  }

  private void sources(TimeSources target) throws IOException, InterruptedException {
    Path file = files.resolve(ChronySources.FILE);
    Optional<String> former = files.read(ChronySources.FILE);
    put(
        file,
        target.servers().isEmpty() ? Optional.empty() : Optional.of(ChronySources.text(target)));
    try {
      commands.run(ChronySources.reload());
    } catch (IOException e) {
      // A file that chrony never read would look as if it had.
      put(file, former);
      throw e;
    }
  }

  /** The file appears whole, or not: chronyd reads the directory at any time. */
  private static void put(Path file, Optional<String> text) throws IOException {
    if (text.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    Path draft = file.resolveSibling(".ballast.sources.new");
    Files.writeString(draft, text.get(), StandardCharsets.ISO_8859_1);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
