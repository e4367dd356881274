package dev.ballast.agent.host.libvirt;

import java.util.List;

/** The calls of libvirt about its networks. */
public interface NetworkCalls {
  /** At most so many networks are looked at on one host. */
  int NETWORK_LIMIT = 1_024;

  List<NetworkRow> networks() throws LibvirtFault;

  /** The right to change them: whoever does not hold one cannot. */
  interface Writer {
    void define(String xml) throws LibvirtFault;

    void create(String name) throws LibvirtFault;

    void setAutostart(String name, boolean autostart) throws LibvirtFault;

    void destroy(String name) throws LibvirtFault;

    void undefine(String name) throws LibvirtFault;
  }
}
