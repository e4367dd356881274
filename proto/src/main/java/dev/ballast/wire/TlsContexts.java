package dev.ballast.wire;

import dev.ballast.wire.PeerIdentity.Role;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Mutual TLS 1.3 for both ends of every connection. */
public final class TlsContexts {
  private static final String PROTOCOL = "TLSv1.3";

  private TlsContexts() {}

  /**
   * For the coordinator: a client without a certificate of the authority cannot connect.
   *
   * @throws TlsException naming the file that cannot be used
   */
  public static SslContext server(TlsFiles files) throws TlsException {
    X509Certificate[] chain = chain(files);
    PrivateKey key = PemFiles.privateKey(files.key(), chain[0]);
    return build(
        SslContextBuilder.forServer(key, chain)
            .trustManager(authority(files.ca()))
            .clientAuth(ClientAuth.REQUIRE));
  }

  /**
   * For agents and operators: the server's certificate must be for the address that is called and
   * must be a coordinator's.
   *
   * @throws TlsException naming the file that cannot be used
   */
  public static SslContext client(TlsFiles files) throws TlsException {
    X509Certificate[] chain = chain(files);
    PrivateKey key = PemFiles.privateKey(files.key(), chain[0]);
    TrustManager trust = new RoleTrustManager(authority(files.ca()), Role.COORDINATOR);
    return build(SslContextBuilder.forClient().keyManager(key, chain).trustManager(trust));
  }

  private static X509Certificate[] chain(TlsFiles files) throws TlsException {
    return PemFiles.certificates(files.cert()).toArray(X509Certificate[]::new);
  }

  private static SslContext build(SslContextBuilder builder) throws TlsException {
    try {
      return GrpcSslContexts.configure(builder, SslProvider.JDK).protocols(PROTOCOL).build();
    } catch (SSLException e) {
      throw new TlsException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static X509ExtendedTrustManager authority(Path ca) throws TlsException {
    List<X509Certificate> certificates = PemFiles.certificates(ca);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate certificate : certificates) {
        store.setCertificateEntry("ca-" + store.size(), certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new GeneralSecurityException("this JDK verifies no X.509 certificates");
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsException(ca + " cannot be used as an authority: " + e.getMessage(), e);
    }
  }
}
