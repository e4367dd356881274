package dev.ballast.coordinator;

import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.wire.PeerIdentity;
import dev.ballast.wire.PeerIdentity.Role;
import dev.ballast.wire.TlsException;
import dev.ballast.wire.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** The cluster that the coordinator's certificate is for; without TLS there is only one name. */
record ClusterName(String value) {
  private static final ClusterName PLAINTEXT = new ClusterName("local");

  static ClusterName of(CoordinatorConfig config) throws TlsException {
    return config.tls().isPresent() ? of(config.tls().get()) : PLAINTEXT;
  }

  private static ClusterName of(TlsFiles files) throws TlsException {
    try (InputStream input = Files.newInputStream(files.cert())) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(input);
      PeerIdentity identity = PeerIdentity.of(certificate);
      if (identity.role() != Role.COORDINATOR) {
        throw new TlsException(
            files.cert() + " is the certificate of " + identity + ", not of a coordinator", null);
      }
      return new ClusterName(identity.cluster());
    } catch (IOException | CertificateException e) {
      throw new TlsException(
          files.cert() + " cannot be used: " + e + "; 'ballast-coordinator init' makes it", e);
    }
  }
}
