package dev.ballast.coordinator.pki;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Certificates and private keys as PEM texts; keys in PKCS#8 without a passphrase. */
final class Pem {
  private Pem() {}

  static String of(X509Certificate certificate) throws PkiException {
    return write(certificate);
  }

  static String of(PrivateKey key) throws PkiException {
    try {
      return write(new JcaPKCS8Generator(key, null));
    } catch (IOException e) {
      throw new PkiException("a private key cannot be written as PEM: " + e.getMessage(), e);
    }
  }

  private static String write(Object object) throws PkiException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new PkiException("cannot be written as PEM: " + e.getMessage(), e);
    }
    return text.toString();
  }

  static X509Certificate certificate(Path file) throws PkiException {
    try (var input = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(input);
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(file, e);
    }
  }

  static PrivateKey privateKey(Path file) throws PkiException {
    try (PemReader reader = new PemReader(Files.newBufferedReader(file))) {
      PemObject object = reader.readPemObject();
      if (object == null || !object.getType().equals("PRIVATE KEY")) {
        throw new PkiException(file + " holds no private key in PEM (PKCS#8, no passphrase)");
      }
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(object.getContent()));
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(file, e);
    }
  }

  private static PkiException unreadable(Path file, Exception e) {
    return new PkiException(
        file + " cannot be read: " + e + "; --dir names the directory that 'init' made", e);
  }
}
