package dev.ballast.agent.host.ovs;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Cuts a stream of JSON objects, which nothing separates, into single ones of bounded size. */
final class JsonFrames {
  private static final int BUFFER_BYTES = 8_192;

  private final InputStream in;
  private final int limitBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int end;

  JsonFrames(InputStream in, int limitBytes) {
    this.in = in;
    this.limitBytes = limitBytes;
  }

  /**
   * The next object.
   *
   * @throws EOFException at the end of the stream
   * @throws IOException also when the object is larger than the limit, or none begins
   */
  byte[] next() throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    int depth = 0;
    boolean text = false;
    boolean escaped = false;
    while (true) {
      int c = read();
      if (depth == 0 && Character.isWhitespace(c)) {
        continue;
      }
      if (depth == 0 && c != '{') {
        throw new IOException("no JSON object begins with byte " + c);
      }
      frame.write(c);
      if (frame.size() > limitBytes) {
        throw new IOException("a message has more than " + limitBytes + " bytes");
      }
      if (text) {
        text = escaped || c != '"';
        escaped = !escaped && c == '\\';
      } else if (c == '"') {
        text = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return frame.toByteArray();
      }
    }
  }

  private int read() throws IOException {
    if (position == end) {
      position = 0;
      end = in.read(buffer);
      if (end <= 0) {
        end = 0;
        throw new EOFException("the connection was closed");
      }
    }
    return buffer[position++] & 0xFF;
  }
}
