package dev.ballast.coordinator.pki;

import com.google.common.net.InetAddresses;
import dev.ballast.wire.PeerIdentity;
import dev.ballast.wire.PeerIdentity.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The authority that signs every certificate of one cluster; its path ends at what it signs. */
public final class CertificateAuthority {
  /** How long the authority's own certificate is good. */
  public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

  /** How long the certificates that it signs are good. */
  public static final Duration LEAF_VALIDITY = Duration.ofDays(365);

  /**
   * Clocks of peers may be that much behind, a host whose clock jumped included: a certificate that
   * was made today does not cut it off.
   */
  public static final Duration CLOCK_SKEW = Duration.ofHours(24);

  private static final String CURVE = "secp256r1";
  private static final String ALGORITHM = "SHA256withECDSA";
  private static final int SERIAL_BITS = 127;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A certificate and its private key. */
  public record Issued(X509Certificate certificate, PrivateKey key) {}

  private final X509Certificate certificate;
  private final PrivateKey key;

  private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** A new authority for a cluster of that name. */
  public static CertificateAuthority create(String cluster, Instant now) throws PkiException {
    KeyPair pair = keyPair();
    X500Name name = name("Ballast authority of cluster " + cluster);
    try {
      var builder = builder(name, name, pair.getPublic(), now, AUTHORITY_VALIDITY);
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions.createSubjectKeyIdentifier(pair.getPublic()));
      return new CertificateAuthority(sign(builder, pair.getPrivate()), pair.getPrivate());
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw failed(e);
    }
  }

  /** The authority whose files lie there. */
  public static CertificateAuthority load(Path certificate, Path key) throws PkiException {
    return new CertificateAuthority(Pem.certificate(certificate), Pem.privateKey(key));
  }

  public X509Certificate certificate() {
    return certificate;
  }

  PrivateKey key() {
    return key;
  }

  /**
   * Makes a key and signs a certificate for it.
   *
   * @param addresses DNS names and IP addresses that the peer is called by; only a coordinator has
   *     any
   */
  public Issued issue(PeerIdentity identity, List<String> addresses, Instant now)
      throws PkiException {
    KeyPair pair = keyPair();
    try {
      X500Name issuer = new JcaX509CertificateHolder(certificate).getSubject();
      var builder = builder(issuer, name(identity.name()), pair.getPublic(), now, LEAF_VALIDITY);
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, purpose(identity.role()));
      builder.addExtension(
          Extension.subjectAlternativeName, false, alternativeNames(identity, addresses));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions.createSubjectKeyIdentifier(pair.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions.createAuthorityKeyIdentifier(certificate));
      return new Issued(sign(builder, key), pair.getPrivate());
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw failed(e);
    }
  }

  private static ExtendedKeyUsage purpose(Role role) {
    return new ExtendedKeyUsage(
        switch (role) {
          case COORDINATOR -> KeyPurposeId.id_kp_serverAuth;
          case HOST, OPERATOR -> KeyPurposeId.id_kp_clientAuth;
        });
  }

  private static GeneralNames alternativeNames(PeerIdentity identity, List<String> addresses) {
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toUri().toString()));
    for (String address : addresses) {
      int kind = InetAddresses.isInetAddress(address) ? GeneralName.iPAddress : GeneralName.dNSName;
      names.add(new GeneralName(kind, address));
    }
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey subjectKey, Instant now, Duration validity) {
    Instant from = now.truncatedTo(ChronoUnit.SECONDS);
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE),
        Date.from(from.minus(CLOCK_SKEW)),
        Date.from(from.plus(validity)),
        subject,
        subjectKey);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey signer)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(ALGORITHM).build(signer)));
  }

  private static KeyPair keyPair() throws PkiException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static PkiException failed(Exception e) {
    return new PkiException("a certificate cannot be made: " + e.getMessage(), e);
  }
}
