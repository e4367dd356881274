package dev.ballast.wire;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who a certificate is for: its one URI {@code ballast://CLUSTER/ROLE/NAME}.
 *
 * @param cluster the cluster's name
 * @param name the host's, operator's or coordinator's name
 */
public record PeerIdentity(String cluster, Role role, String name) {
  private static final String NAME_FORM = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
  private static final Pattern FORM =
      Pattern.compile(
          "ballast://(" + NAME_FORM + ")/(host|operator|coordinator)/(" + NAME_FORM + ")");
  private static final int URI_NAME = 6;

  /** What a certificate's owner may do: a host may only call the gateway, an operator the API. */
  public enum Role {
    HOST,
    OPERATOR,
    COORDINATOR
  }

  public PeerIdentity {
    if (!cluster.matches(NAME_FORM) || !name.matches(NAME_FORM)) {
      throw new IllegalArgumentException(
          "'"
              + cluster
              + "' and '"
              + name
              + "' must be names: letters, digits, '-', '_' and '.', at most 63");
    }
  }

  /** The URI that stands in the certificate's subject alternative names. */
  public URI toUri() {
    try {
      return new URI(
          "ballast://" + cluster + "/" + role.name().toLowerCase(Locale.ROOT) + "/" + name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("names of this form always make a URI", e);
    }
  }

  /**
   * The peer of a finished handshake.
   *
   * @throws CertificateException when it showed no certificate, or one that names no identity of
   *     Ballast
   */
  public static PeerIdentity of(SSLSession session) throws CertificateException {
    try {
      Certificate[] chain = session.getPeerCertificates();
      if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
        return of(certificate);
      }
    } catch (SSLPeerUnverifiedException e) {
      throw new CertificateException("the peer showed no certificate", e);
    }
    throw new CertificateException("the peer showed no X.509 certificate");
  }

  /** The identity in a certificate. */
  public static PeerIdentity of(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    List<String> uris =
        names == null
            ? List.of()
            : names.stream()
                .filter(name -> name.getFirst().equals(URI_NAME))
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    if (uris.size() != 1) {
      throw new CertificateException(
          "the certificate of '"
              + certificate.getSubjectX500Principal().getName()
              + "' names "
              + uris.size()
              + " identities instead of one ballast://CLUSTER/ROLE/NAME");
    }
    return parse(uris.getFirst());
  }

  private static PeerIdentity parse(String uri) throws CertificateException {
    Matcher matcher = FORM.matcher(uri);
    if (!matcher.matches()) {
      throw new CertificateException(
          "the certificate's identity '" + uri + "' is not ballast://CLUSTER/ROLE/NAME");
    }
    return new PeerIdentity(
        matcher.group(1),
        Role.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)),
        matcher.group(3));
  }

  /** For people: {@code host h1 of cluster lab}. */
  @Override
  public String toString() {
    return role.name().toLowerCase(Locale.ROOT) + " " + name + " of cluster " + cluster;
  }
}
