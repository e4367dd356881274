package dev.ballast.coordinator.cli;

import dev.ballast.core.settings.Settings;
import dev.ballast.core.settings.SettingsException;
import dev.ballast.wire.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How to reach the coordinator: flags, and what they leave open from the configuration file. */
final class ConnectionOptions {
  static final int DEFAULT_PORT = 7443;
  private static final int HIGHEST_PORT = 65_535;
  private static final int LONGEST_TIMEOUT_SECONDS = 3_600;
  private static final String REMEDY =
      "give --server, --ca, --cert and --key, or name a configuration file in $BALLAST_CONFIG"
          + " ('ballast-coordinator init' writes one for each operator)";

  @Option(
      names = "--server",
      paramLabel = "HOST[:PORT]",
      scope = ScopeType.INHERIT,
      description = "The coordinator; port " + DEFAULT_PORT + " where none is given.")
  @Nullable String server;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The certificate of the cluster's authority.")
  @Nullable Path ca;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The operator's certificate.")
  @Nullable Path cert;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The operator's private key.")
  @Nullable Path key;

  @Option(
      names = "--plaintext",
      scope = ScopeType.INHERIT,
      description = "Without TLS; only to a loopback address.")
  boolean plaintext;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      scope = ScopeType.INHERIT,
      defaultValue = "30",
      description = "How long to wait for an answer (default: ${DEFAULT-VALUE}).")
  int timeoutSeconds = 30;

  int checkedTimeoutSeconds() {
    if (timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT_SECONDS) {
      throw new CliException(
          ExitCode.USAGE,
          "--timeout " + timeoutSeconds,
          "must be 1 to " + LONGEST_TIMEOUT_SECONDS + " seconds");
    }
    return timeoutSeconds;
  }

  /** Where to connect. */
  ServerTarget target(Map<String, String> environment) {
    Settings settings = settings(environment);
    String address = settings.text("server", "");
    Path none = Path.of("");
    Path fileCa = settings.path("ca", none);
    Path fileCert = settings.path("cert", none);
    Path fileKey = settings.path("key", none);
    boolean withoutTls = settings.flag("plaintext", false) || plaintext;
    try {
      settings.check();
    } catch (SettingsException e) {
      throw new CliException(ExitCode.USAGE, String.join("\n", e.faults()), "");
    }
    String wanted = server == null ? address : server;
    if (wanted.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "no coordinator is named", REMEDY);
    }
    ServerTarget bare = parse(wanted);
    if (withoutTls) {
      return loopback(bare);
    }
    TlsFiles files =
        new TlsFiles(
            file("--ca", ca, fileCa), file("--cert", cert, fileCert), file("--key", key, fileKey));
    return new ServerTarget(bare.host(), bare.port(), Optional.of(files));
  }

  private static Path file(String option, @Nullable Path flag, Path configured) {
    if (flag != null) {
      return flag;
    }
    if (configured.toString().isEmpty()) {
      throw new CliException(ExitCode.USAGE, option.substring(2) + " is not known", REMEDY);
    }
    return configured;
  }

  private static ServerTarget loopback(ServerTarget target) {
    try {
      for (InetAddress address : InetAddress.getAllByName(target.host())) {
        if (!address.isLoopbackAddress()) {
          throw new CliException(
              ExitCode.USAGE,
              target.host() + " is no loopback address",
              "plaintext is only for these; use TLS");
        }
      }
    } catch (UnknownHostException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "the name '" + target.host() + "' is not known",
          "check --server",
          e);
    }
    return target;
  }

  private static ServerTarget parse(String text) {
    int colon = text.lastIndexOf(':');
    boolean withPort = (colon >= 0 && text.indexOf(':') == colon) || text.contains("]:");
    String host = withPort ? text.substring(0, colon) : text;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = DEFAULT_PORT;
    try {
      port = withPort ? Integer.parseInt(text.substring(colon + 1)) : port;
    } catch (NumberFormatException e) {
      port = 0;
    }
    if (host.isBlank() || port < 1 || port > HIGHEST_PORT) {
      throw new CliException(
          ExitCode.USAGE, "'" + text + "' is not HOST or HOST:PORT", "for example h0.example:7443");
    }
    return new ServerTarget(host, port, Optional.empty());
  }

  private static Settings settings(Map<String, String> environment) {
    String named = environment.getOrDefault("BALLAST_CONFIG", "");
    Path file =
        named.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", ""), ".config/ballast/config.yaml")
            : Path.of(named);
    try {
      boolean present = !named.isEmpty() || Files.exists(file);
      return Settings.parse(file, present ? Files.readString(file) : "");
    } catch (SettingsException e) {
      throw new CliException(ExitCode.USAGE, String.join("\n", e.faults()), "");
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, file + " cannot be read", "check $BALLAST_CONFIG and its permissions", e);
    }
  }
}
