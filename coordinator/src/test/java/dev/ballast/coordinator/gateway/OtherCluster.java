package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.pki.CertificateAuthority;
import dev.ballast.wire.PeerIdentity;
import dev.ballast.wire.PeerIdentity.Role;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** Signs for hosts of another cluster with the authority of this one. */
final class OtherCluster {
  private OtherCluster() {}

  static void issue(Path pki, Path directory, String cluster, String host) throws Exception {
    CertificateAuthority authority =
        CertificateAuthority.load(pki.resolve("pki/ca.crt"), pki.resolve("pki/ca.key"));
    CertificateAuthority.Issued issued =
        authority.issue(new PeerIdentity(cluster, Role.HOST, host), List.of(), Instant.now());
    Files.copy(pki.resolve("pki/ca.crt"), directory.resolve("ca.crt"));
    write(directory.resolve("host.crt"), issued.certificate());
    write(directory.resolve("host.key"), new JcaPKCS8Generator(issued.key(), null));
  }

  private static void write(Path file, Object object) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    Files.writeString(file, text.toString());
  }
}
