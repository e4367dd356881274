package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.NetworkCalls;
import dev.ballast.agent.host.libvirt.NetworkRow;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.VirtualNetwork;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns the networks of libvirt that are Ballast's into those that are to be. */
final class VirtualNetworkChange {
  private final NetworkCalls calls;
  private final KernelFiles files;

  VirtualNetworkChange(NetworkCalls calls, KernelFiles files) {
    this.calls = calls;
    this.files = files;
  }

  /** Ballast's own and those of others; nothing where libvirt does not answer about networks. */
  List<HostSetting> read() {
    return rows().map(rows -> List.<HostSetting>of(own(rows), others(rows))).orElse(List.of());
  }

  /** Ballast's own; absent where libvirt does not answer about networks. */
  Optional<VirtualNetworks> own() {
    return rows().map(VirtualNetworkChange::own);
  }

  private static VirtualNetworks own(List<NetworkRow> rows) {
    SortedMap<String, VirtualNetwork> own = new TreeMap<>();
    rows.stream()
        .filter(VirtualNetworkXml::isOwn)
        .forEach(row -> own.put(row.name(), VirtualNetworkXml.read(row)));
    return new VirtualNetworks(own);
  }

  private static OtherNetworks others(List<NetworkRow> rows) {
    SortedMap<String, String> others = new TreeMap<>();
    rows.stream()
        .filter(row -> !VirtualNetworkXml.isOwn(row))
        .forEach(row -> others.put(row.name(), VirtualNetworkXml.read(row).describe()));
    return new OtherNetworks(others);
  }

  private Optional<List<NetworkRow>> rows() {
    try {
      return Optional.of(calls.networks());
    } catch (LibvirtFault e) {
      return Optional.empty();
    }
  }

  /** Why the networks may not become so. */
  Optional<String> illegal(VirtualNetworks target, VirtualNetworks now) {
    for (Map.Entry<String, VirtualNetwork> entry : now.networks().entrySet()) {
      VirtualNetwork found = entry.getValue();
      VirtualNetwork wanted = target.networks().get(entry.getKey());
      if (wanted != null && isSame(wanted, found)) {
        continue;
      }
      if (!found.extra().isEmpty()) {
        return Optional.of(
            "network "
                + entry.getKey()
                + " has "
                + found.extra()
                + ", which Ballast could not put back: take it out by hand");
      }
      List<String> guests =
          files.list("/sys/class/net/" + found.bridge() + "/brif").stream()
              .filter(port -> !port.endsWith("-nic"))
              .sorted()
              .toList();
      if (!guests.isEmpty()) {
        return Optional.of(
            "network "
                + entry.getKey()
                + " has the ports "
                + guests
                + " of guests: shut them off first");
      }
    }
    return rows()
        .map(VirtualNetworkChange::others)
        .flatMap(
            others ->
                target.networks().keySet().stream()
                    .filter(name -> others.networks().containsKey(name))
                    .findFirst()
                    .map(name -> "network " + name + " was not made by Ballast: name another"));
  }

  private static boolean isSame(VirtualNetwork wanted, VirtualNetwork found) {
    return wanted.equals(found.running());
  }

  /** Networks that are as they are to be stay untouched. */
  void write(VirtualNetworks target, NetworkCalls.Writer writer) throws IOException {
    try {
      for (NetworkRow row : calls.networks()) {
        VirtualNetwork wanted = target.networks().get(row.name());
        if (!VirtualNetworkXml.isOwn(row)
            || (wanted != null && isSame(wanted, VirtualNetworkXml.read(row)))) {
          continue;
        }
        if (row.active()) {
          writer.destroy(row.name());
        }
        if (row.persistent()) {
          writer.undefine(row.name());
        }
      }
      for (Map.Entry<String, VirtualNetwork> entry : target.networks().entrySet()) {
        bring(entry.getKey(), entry.getValue(), writer);
      }
    } catch (LibvirtFault e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  private void bring(String name, VirtualNetwork wanted, NetworkCalls.Writer writer)
      throws LibvirtFault {
    Optional<NetworkRow> found =
        calls.networks().stream().filter(row -> row.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      writer.define(VirtualNetworkXml.of(name, wanted));
    }
    boolean active = found.filter(NetworkRow::active).isPresent();
    if (wanted.active() && !active) {
      writer.create(name);
    } else if (!wanted.active() && active) {
      writer.destroy(name);
    }
    if (wanted.autostart() != found.filter(NetworkRow::autostart).isPresent()) {
      writer.setAutostart(name, wanted.autostart());
    }
  }
}
