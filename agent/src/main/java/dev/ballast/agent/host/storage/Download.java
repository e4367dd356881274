package dev.ballast.agent.host.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Fetches one file, goes on where a former attempt ended, and tells the digest of the whole. */
final class Download {
  /** How long a server may be silent. */
  static final int SILENCE_LIMIT_MILLIS = 30_000;

  private static final int BUFFER_BYTES = 64 << 10;

  private final URI source;
  private final Path part;
  private final long limitBytes;
  private final Watch watch;

  Download(String source, Path part, long limitBytes, Watch watch) {
    this.source = URI.create(source);
    this.part = part;
    this.limitBytes = limitBytes;
    this.watch = watch;
  }

  /**
   * Fetches what is missing into the file.
   *
   * @return the digest of the whole file, in small hexadecimal digits
   * @throws IOException telling what went wrong; what was fetched so far stays
   */
  String fetch(String algorithm) throws IOException {
    MessageDigest digest = ImageVerification.algorithm(algorithm);
    boolean isFile = "file".equals(source.getScheme());
    long have = isFile || !Files.exists(part) ? 0 : Files.size(part);
    URLConnection connection = source.toURL().openConnection();
    connection.setConnectTimeout(SILENCE_LIMIT_MILLIS);
    connection.setReadTimeout(SILENCE_LIMIT_MILLIS);
    try {
      have = ask(connection, have);
      add(digest, have);
      long total =
          connection.getContentLengthLong() < 0 ? 0 : have + connection.getContentLengthLong();
      if (total > limitBytes) {
        throw new IOException(source + " has " + total + " bytes" + tooMany());
      }
      try (InputStream in = connection.getInputStream()) {
        copy(in, digest, have, total);
      }
    } catch (IOException e) {
      throw new IOException("cannot fetch " + source + ": " + reason(e), e);
    } finally {
      if (connection instanceof HttpURLConnection http) {
        http.disconnect();
      }
    }
    Sidecar.sync(part);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** How much of the file need not be fetched again: all of it, or nothing. */
  private static long ask(URLConnection connection, long have) throws IOException {
    if (!(connection instanceof HttpURLConnection http)) {
      return 0;
    }
    if (have > 0) {
      http.setRequestProperty("Range", "bytes=" + have + "-");
    }
    int status = http.getResponseCode();
    return switch (status) {
      case HttpURLConnection.HTTP_OK -> 0;
      case HttpURLConnection.HTTP_PARTIAL -> have;
      default ->
          throw new IOException("the server answers " + status + " " + http.getResponseMessage());
    };
  }

  private void add(MessageDigest digest, long have) throws IOException {
    if (have > 0) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try (InputStream in = Files.newInputStream(part)) {
        for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
          digest.update(buffer, 0, count);
        }
      }
    }
  }

  private void copy(InputStream in, MessageDigest digest, long have, long total)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long done = have;
    StandardOpenOption start =
        have > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, start)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        done += count;
        if (done > limitBytes) {
          throw new IOException("it is larger" + tooMany());
        }
        out.write(buffer, 0, count);
        digest.update(buffer, 0, count);
        watch.at(done, total);
      }
    }
    if (total > 0 && done < total) {
      throw new IOException("the connection ended after " + done + " of " + total + " bytes");
    }
  }

  private String tooMany() {
    return ", more than the "
        + limitBytes
        + " that an image may have here ('storage.imageLimitBytes' of agent.yaml)";
  }
}
