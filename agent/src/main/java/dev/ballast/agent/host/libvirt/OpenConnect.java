package dev.ballast.agent.host.libvirt;

import com.sun.jna.Pointer;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;

/** A connection that shows its native pointer, for the calls that libvirt-java lacks. */
final class OpenConnect extends Connect {
  OpenConnect(String uri) throws LibvirtException {
    super(uri);
  }

  Pointer pointer() {
    return vcp.getPointer();
  }
}
