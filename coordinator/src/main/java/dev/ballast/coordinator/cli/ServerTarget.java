package dev.ballast.coordinator.cli;

import dev.ballast.wire.TlsFiles;
import java.util.Optional;

/**
 * Where the coordinator is and how it is called.
 *
 * @param tls absent for plaintext, which is only taken for a loopback address
 */
record ServerTarget(String host, int port, Optional<TlsFiles> tls) {
  String address() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}
