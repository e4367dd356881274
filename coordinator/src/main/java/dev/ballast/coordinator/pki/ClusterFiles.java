package dev.ballast.coordinator.pki;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.google.common.net.InternetDomainName;
import dev.ballast.core.model.HostName;
import dev.ballast.wire.PeerIdentity;
import dev.ballast.wire.PeerIdentity.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the files of a new cluster, and later those of one more host or operator. */
public final class ClusterFiles {
  /** The port that agents and operators of a new cluster connect to. */
  public static final int PORT = 7443;

  private static final String COORDINATOR_YAML = "coordinator.yaml";
  private static final String COORDINATOR_NAME = "coordinator";
  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");
  private static final Path SYSTEM_STATE = Path.of("/var/lib/ballast");
  private static final int ADDRESS_LIMIT = 100;

  /**
   * What a new cluster is to have.
   *
   * @param addresses how agents and operators call the coordinator, the first one in their
   *     configuration; at least one
   * @param stateRoot where all daemons keep their state, each in a directory of its name; absent
   *     for the system's place
   */
  public record Request(
      String cluster,
      List<String> addresses,
      List<String> hosts,
      List<String> operators,
      Optional<Path> stateRoot) {}

  private final Path directory;
  private final int port;
  private final Clock clock;

  /** Files in that directory, for a coordinator that listens on that port. */
  public ClusterFiles(Path directory, int port, Clock clock) {
    this.directory = directory;
    this.port = port;
    this.clock = clock;
  }

  /**
   * Makes an authority, the coordinator's files and those of the hosts and operators. All of them
   * or none.
   *
   * @throws PkiException naming what is wrong with the request, or what exists already
   */
  public void init(Request request) throws PkiException {
    List<String> addresses = checkedAddresses(request.addresses());
    CertificateAuthority authority =
        CertificateAuthority.create(
            identity(request.cluster(), Role.COORDINATOR, COORDINATOR_NAME).cluster(),
            clock.instant());
    NewFiles files = new NewFiles(directory);
    files.add("pki/ca.crt", Pem.of(authority.certificate()));
    files.addSecret("pki/ca.key", Pem.of(authority.key()));
    Set<String> names = new LinkedHashSet<>(addresses);
    names.addAll(LOOPBACK);
    CertificateAuthority.Issued server =
        authority.issue(
            identity(request.cluster(), Role.COORDINATOR, COORDINATOR_NAME),
            List.copyOf(names),
            clock.instant());
    files.add("pki/coordinator.crt", Pem.of(server.certificate()));
    files.addSecret("pki/coordinator.key", Pem.of(server.key()));
    Path stateRoot = request.stateRoot().orElse(SYSTEM_STATE);
    files.add(
        COORDINATOR_YAML,
        Templates.coordinator("0.0.0.0:" + port, stateRoot.resolve("coordinator")));
    Peers peers = new Peers(request.cluster(), addresses.getFirst(), authority);
    List<String> tops = new ArrayList<>();
    for (String host : request.hosts()) {
      tops.add(addHost(files, peers, host, hostState(request.stateRoot(), host)));
    }
    for (String operator : request.operators()) {
      tops.add(addOperator(files, peers, operator));
    }
    tops.add("pki");
    tops.add(COORDINATOR_YAML);
    refuseTwins(tops);
    files.write(tops);
  }

  /** Makes the files of one more host. */
  public Path certifyHost(String host) throws PkiException {
    NewFiles files = new NewFiles(directory);
    String top = addHost(files, peers(), host, hostState(Optional.empty(), host));
    files.write(List.of(top));
    return directory.resolve(top);
  }

  /** Makes the files of one more operator. */
  public Path certifyOperator(String operator) throws PkiException {
    NewFiles files = new NewFiles(directory);
    String top = addOperator(files, peers(), operator);
    files.write(List.of(top));
    return directory.resolve(top);
  }

  private record Peers(String cluster, String address, CertificateAuthority authority) {}

  private String server(Peers peers) {
    return HostAndPort.fromParts(peers.address(), port).toString();
  }

  // On one machine all agents share the root, elsewhere each host has its own.
  private static Path hostState(Optional<Path> stateRoot, String host) {
    return stateRoot.map(root -> root.resolve(host)).orElse(SYSTEM_STATE.resolve("agent"));
  }

  private String addHost(NewFiles files, Peers peers, String host, Path stateDir)
      throws PkiException {
    PeerIdentity identity = identity(peers.cluster(), Role.HOST, host);
    String top = "hosts/" + new HostName(identity.name());
    addPeer(files, peers, identity, top, "host");
    files.add(top + "/agent.yaml", Templates.agent(host, server(peers), stateDir));
    return top;
  }

  private String addOperator(NewFiles files, Peers peers, String operator) throws PkiException {
    PeerIdentity identity = identity(peers.cluster(), Role.OPERATOR, operator);
    String top = "operators/" + operator;
    addPeer(files, peers, identity, top, "operator");
    files.add(top + "/config.yaml", Templates.operator(operator, server(peers)));
    return top;
  }

  private void addPeer(
      NewFiles files, Peers peers, PeerIdentity identity, String top, String fileName)
      throws PkiException {
    CertificateAuthority.Issued issued =
        peers.authority().issue(identity, List.of(), clock.instant());
    files.add(top + "/ca.crt", Pem.of(peers.authority().certificate()));
    files.add(top + "/" + fileName + ".crt", Pem.of(issued.certificate()));
    files.addSecret(top + "/" + fileName + ".key", Pem.of(issued.key()));
  }

  private Peers peers() throws PkiException {
    Path pki = directory.resolve("pki");
    if (!Files.isDirectory(pki)) {
      throw new PkiException(
          pki + " does not exist; --dir names the directory that 'ballast-coordinator init' made");
    }
    X509Certificate server = Pem.certificate(pki.resolve("coordinator.crt"));
    try {
      return new Peers(
          PeerIdentity.of(server).cluster(),
          firstAddress(server),
          CertificateAuthority.load(pki.resolve("ca.crt"), pki.resolve("ca.key")));
    } catch (CertificateException e) {
      throw new PkiException(pki.resolve("coordinator.crt") + ": " + e.getMessage(), e);
    }
  }

  private static String firstAddress(X509Certificate server) throws CertificateParsingException {
    Collection<List<?>> names = server.getSubjectAlternativeNames();
    return names.stream()
        .map(name -> String.valueOf(name.get(1)))
        .filter(name -> !name.contains("://"))
        .findFirst()
        .orElse(LOOPBACK.getFirst());
  }

  private static PeerIdentity identity(String cluster, Role role, String name) throws PkiException {
    try {
      return new PeerIdentity(cluster, role, name);
    } catch (IllegalArgumentException e) {
      throw new PkiException(String.valueOf(e.getMessage()), e);
    }
  }

  private static List<String> checkedAddresses(List<String> addresses) throws PkiException {
    if (addresses.isEmpty() || addresses.size() > ADDRESS_LIMIT) {
      throw new PkiException(
          "a coordinator has 1 to " + ADDRESS_LIMIT + " addresses, not " + addresses.size());
    }
    for (String address : addresses) {
      if (!InetAddresses.isInetAddress(address) && !InternetDomainName.isValid(address)) {
        throw new PkiException(
            "--address '"
                + address
                + "' is neither a DNS name nor an IP address (a port does not belong to it)");
      }
    }
    return addresses;
  }

  private static void refuseTwins(List<String> tops) throws PkiException {
    Set<String> seen = new LinkedHashSet<>();
    for (String top : tops) {
      if (!seen.add(top)) {
        throw new PkiException(top + " is asked for twice");
      }
    }
  }
}
