package dev.ballast.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys; every fault names the file and what would help. */
final class PemFiles {
  private static final int FILE_BYTES_LIMIT = 1024 * 1024;
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private PemFiles() {}

  /** The certificates of a file, at least one. */
  static List<X509Certificate> certificates(Path file) throws TlsException {
    byte[] bytes = read(file);
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new CertificateException("no certificate in it");
      }
      return certificates;
    } catch (CertificateException e) {
      throw new TlsException(file + " is not a certificate in PEM: " + e.getMessage(), e);
    }
  }

  /** The private key of that certificate. */
  static PrivateKey privateKey(Path file, X509Certificate certificate) throws TlsException {
    Matcher matcher = PRIVATE_KEY.matcher(new String(read(file), StandardCharsets.US_ASCII));
    if (!matcher.find()) {
      throw new TlsException(file + " is not a private key in PEM (PKCS#8, no passphrase)", null);
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
      PublicKey publicKey = certificate.getPublicKey();
      PrivateKey privateKey =
          KeyFactory.getInstance(publicKey.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (!belongTogether(publicKey, privateKey)) {
        throw new GeneralSecurityException("it belongs to another certificate");
      }
      return privateKey;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new TlsException(
          file
              + " is not the private key of "
              + certificate.getSubjectX500Principal().getName()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey)
      throws GeneralSecurityException {
    String algorithm = publicKey.getAlgorithm();
    Signature signature =
        Signature.getInstance(
            "EC".equals(algorithm) ? "SHA256withECDSA" : "SHA256with" + algorithm);
    signature.initSign(privateKey);
    signature.update((byte) 1);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update((byte) 1);
    return signature.verify(signed);
  }

  private static byte[] read(Path file) throws TlsException {
    try {
      if (Files.size(file) > FILE_BYTES_LIMIT) {
        throw new IOException("larger than " + FILE_BYTES_LIMIT + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TlsException(
          file + " cannot be read: " + reason(e) + " ('ballast-coordinator init' makes it)", e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file";
      case AccessDeniedException denied -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }
}
