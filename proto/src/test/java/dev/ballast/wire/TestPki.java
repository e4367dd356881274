package dev.ballast.wire;

import dev.ballast.wire.PeerIdentity.Role;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority for tests, with the certificates that it signs as files. */
final class TestPki {
  private static final String ALGORITHM = "SHA256withECDSA";
  private static final X500Name ISSUER = new X500Name("CN=test authority");

  private final Path directory;
  private final KeyPair authority = keyPair();
  private final Path ca;
  private long serial = 1;

  TestPki(Path directory) throws Exception {
    this.directory = directory;
    this.ca = directory.resolve("ca.crt");
    writePem(ca, certificate(ISSUER, authority, List.of(), true));
  }

  Path ca() {
    return ca;
  }

  /** Certificate and key of that identity; valid for {@code localhost} and 127.0.0.1. */
  TlsFiles issue(Role role, String name) throws Exception {
    return issue(
        name,
        List.of(
            new GeneralName(
                GeneralName.uniformResourceIdentifier,
                new PeerIdentity("lab", role, name).toUri().toString()),
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
  }

  TlsFiles issue(String name, List<GeneralName> names) throws Exception {
    KeyPair pair = keyPair();
    Path cert = directory.resolve(name + ".crt");
    Path key = directory.resolve(name + ".key");
    writePem(cert, certificate(new X500Name("CN=" + name), pair, names, false));
    writePem(key, new JcaPKCS8Generator(pair.getPrivate(), null));
    return new TlsFiles(ca, cert, key);
  }

  private Object certificate(
      X500Name subject, KeyPair pair, List<GeneralName> names, boolean signsOthers)
      throws IOException, OperatorCreationException, GeneralSecurityException {
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            ISSUER,
            BigInteger.valueOf(serial++),
            Date.from(now.minus(1, ChronoUnit.HOURS)),
            Date.from(now.plus(1, ChronoUnit.HOURS)),
            subject,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(signsOthers));
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new ArrayList<>(names).toArray(GeneralName[]::new)));
    }
    return builder.build(new JcaContentSignerBuilder(ALGORITHM).build(authority.getPrivate()));
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static void writePem(Path file, Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    Files.writeString(file, text.toString());
  }
}
