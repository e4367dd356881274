package dev.ballast.wire;

import dev.ballast.wire.PeerIdentity.Role;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Mutual TLS 1.3 for both ends of every connection. */
public final class TlsContexts {
  private static final String PROTOCOL = "TLSv1.3";
  private static final int FILE_BYTES_LIMIT = 1024 * 1024;

  private TlsContexts() {}

  /**
   * For the coordinator: a client without a certificate of the authority cannot connect.
   *
   * @throws TlsException naming the file that cannot be used
   */
  public static SslContext server(TlsFiles files) throws TlsException {
    X509ExtendedTrustManager trust = trust(files.ca());
    return build(
        files,
        builder -> builder.trustManager(trust).clientAuth(ClientAuth.REQUIRE),
        (cert, key) -> SslContextBuilder.forServer(cert, key));
  }

  /**
   * For agents and operators: the server's certificate must be for the address that is called and
   * must be a coordinator's.
   *
   * @throws TlsException naming the file that cannot be used
   */
  public static SslContext client(TlsFiles files) throws TlsException {
    TrustManager trust = new RoleTrustManager(trust(files.ca()), Role.COORDINATOR);
    return build(
        files,
        builder -> builder.trustManager(trust),
        (cert, key) -> SslContextBuilder.forClient().keyManager(cert, key));
  }

  /** Starts a builder from a certificate and its key. */
  private interface Starter {
    SslContextBuilder start(InputStream cert, InputStream key);
  }

  private static SslContext build(
      TlsFiles files, UnaryOperator<SslContextBuilder> trust, Starter starter) throws TlsException {
    try (InputStream cert = open(files.cert());
        InputStream key = open(files.key())) {
      SslContextBuilder builder = starter.start(cert, key);
      GrpcSslContexts.configure(builder, SslProvider.JDK);
      return trust.apply(builder).protocols(PROTOCOL).build();
    } catch (IllegalArgumentException e) {
      throw new TlsException(
          files.cert()
              + " and "
              + files.key()
              + " cannot be used together: the first must be a certificate in PEM, the second its"
              + " private key in PEM (PKCS#8, no passphrase)",
          e);
    } catch (SSLException e) {
      throw new TlsException(files.cert() + ": TLS cannot be set up: " + e.getMessage(), e);
    } catch (IOException e) {
      throw unreadable(files.cert(), e);
    }
  }

  private static InputStream open(Path file) throws TlsException {
    try {
      if (Files.size(file) > FILE_BYTES_LIMIT) {
        throw new IOException("larger than " + FILE_BYTES_LIMIT + " bytes");
      }
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static TlsException unreadable(Path file, IOException e) {
    return new TlsException(
        file + " cannot be read (" + reason(e) + "); 'ballast-coordinator init' makes these files",
        e);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> "no such file";
      case java.nio.file.AccessDeniedException denied -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static X509ExtendedTrustManager trust(Path ca) throws TlsException {
    try (InputStream input = open(ca)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      Collection<X509Certificate> certificates = certificates(input);
      for (X509Certificate certificate : certificates) {
        store.setCertificateEntry("ca-" + store.size(), certificate);
      }
      if (store.size() == 0) {
        throw new CertificateException("no certificate in it");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new CertificateException("this JDK verifies no X.509 certificates");
    } catch (GeneralSecurityException e) {
      throw new TlsException(
          ca + " is not a certificate of an authority in PEM: " + e.getMessage(), e);
    } catch (IOException e) {
      throw unreadable(ca, e);
    }
  }

  private static Collection<X509Certificate> certificates(InputStream input)
      throws CertificateException {
    return CertificateFactory.getInstance("X.509").generateCertificates(input).stream()
        .map(X509Certificate.class::cast)
        .toList();
  }
}
