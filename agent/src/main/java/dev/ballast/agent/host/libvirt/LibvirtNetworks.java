package dev.ballast.agent.host.libvirt;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;
import org.libvirt.Network;

/** {@link NetworkCalls} on a real connection. */
public final class LibvirtNetworks implements NetworkCalls {
  private static final int XML_INACTIVE = 1;

  private final LibvirtCalls calls;

  public LibvirtNetworks(LibvirtCalls calls) {
    this.calls = calls;
  }

  @Override
  public List<NetworkRow> networks() throws LibvirtFault {
    return calls.call(
        "list networks",
        connect -> {
          List<String> names = new ArrayList<>(List.of(connect.listNetworks()));
          names.addAll(List.of(connect.listDefinedNetworks()));
          List<NetworkRow> rows = new ArrayList<>();
          for (String name : names.subList(0, Math.min(names.size(), NETWORK_LIMIT))) {
            Network network = connect.networkLookupByName(name);
            boolean persistent = network.isPersistent() == 1;
            rows.add(
                new NetworkRow(
                    name,
                    network.getUUIDString(),
                    network.getXMLDesc(persistent ? XML_INACTIVE : 0),
                    network.isActive() == 1,
                    persistent,
                    persistent && network.getAutostart()));
            network.free();
          }
          return rows;
        });
  }

  /** The right to change networks, on the same connection. */
  public Writer writer() {
    return new Writer() {
      @Override
      public void define(String xml) throws LibvirtFault {
        calls.call(
            "define network",
            connect -> {
              @Nullable Network network = connect.networkDefineXML(xml);
              if (network != null) {
                network.free();
              }
              return true;
            });
      }

      @Override
      public void create(String name) throws LibvirtFault {
        on("start", name, Network::create);
      }

      @Override
      public void setAutostart(String name, boolean autostart) throws LibvirtFault {
        on("set the autostart of", name, network -> network.setAutostart(autostart));
      }

      @Override
      public void destroy(String name) throws LibvirtFault {
        on("stop", name, Network::destroy);
      }

      @Override
      public void undefine(String name) throws LibvirtFault {
        on("undefine", name, Network::undefine);
      }
    };
  }

  @FunctionalInterface
  private interface NetworkUse {
    void apply(Network network) throws LibvirtException;
  }

  private void on(String verb, String name, NetworkUse use) throws LibvirtFault {
    calls.call(
        verb + " network " + name,
        connect -> {
          Network network = connect.networkLookupByName(name);
          try {
            use.apply(network);
          } finally {
            network.free();
          }
          return true;
        });
  }
}
