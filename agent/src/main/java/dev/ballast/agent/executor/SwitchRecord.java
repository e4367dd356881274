package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.SwitchPresent;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The part of an undo record that tells of bridges: only those that the action concerns. */
final class SwitchRecord {
  /** At most so many of anything. */
  private static final int LIMIT = 100_000;

  private SwitchRecord() {}

  static void write(DataOutputStream out, SwitchPresent present) throws IOException {
    texts(out, present.names());
    ObjectStateCodec.text(out, present.trouble());
    ObjectStateCodec.text(out, present.rows());
    Collection<SwitchBridge> bridges = present.concerned().values();
    out.writeInt(bridges.size());
    for (SwitchBridge bridge : bridges) {
      ObjectStateCodec.text(out, bridge.name());
      ObjectStateCodec.optional(out, bridge.owner());
      out.writeInt(bridge.ports().size());
      for (SwitchPort port : bridge.ports().values()) {
        write(out, port);
        map(out, port.settings());
      }
      map(out, bridge.settings());
    }
    ObjectStateCodec.text(out, present.observed().datapath());
  }

  private static void map(DataOutputStream out, SortedMap<String, String> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      ObjectStateCodec.text(out, entry.getKey());
      ObjectStateCodec.text(out, entry.getValue());
    }
  }

  private static void write(DataOutputStream out, SwitchPort port) throws IOException {
    ObjectStateCodec.text(out, port.name());
    ObjectStateCodec.text(out, port.type());
    ObjectStateCodec.optional(out, port.tag().map(String::valueOf));
    texts(out, port.trunks().stream().map(String::valueOf).toList());
    ObjectStateCodec.text(out, port.vlanMode());
    ObjectStateCodec.optional(out, port.peer());
    ObjectStateCodec.optional(out, port.owner());
  }

  /**
   * What {@link #write} wrote.
   *
   * @param withSettings false for a record of before there were settings
   */
  static SwitchPresent read(DataInputStream in, boolean withSettings) throws IOException {
    SortedSet<String> names = texts(in);
    String trouble = ObjectStateCodec.text(in);
    String rows = ObjectStateCodec.text(in);
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      String name = ObjectStateCodec.text(in);
      Optional<String> owner = ObjectStateCodec.optional(in);
      SortedMap<String, SwitchPort> ports = new TreeMap<>();
      for (int j = count(in); j > 0; j--) {
        SwitchPort port = port(in);
        ports.put(port.name(), withSettings ? port.withSettings(map(in)) : port);
      }
      SortedMap<String, String> settings = withSettings ? map(in) : new TreeMap<>();
      bridges.put(name, new SwitchBridge(name, owner, ports, new TreeMap<>(), settings));
    }
    String datapath = withSettings ? ObjectStateCodec.text(in) : "";
    return new SwitchPresent(
        new ObservedSwitch(bridges, new TreeMap<>(), datapath, new TreeMap<>()),
        names,
        trouble,
        rows);
  }

  private static SortedMap<String, String> map(DataInputStream in) throws IOException {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      map.put(ObjectStateCodec.text(in), ObjectStateCodec.text(in));
    }
    return map;
  }

  private static SwitchPort port(DataInputStream in) throws IOException {
    String name = ObjectStateCodec.text(in);
    String type = ObjectStateCodec.text(in);
    Optional<Integer> tag = ObjectStateCodec.optional(in).map(Integer::valueOf);
    SortedSet<Integer> trunks = new TreeSet<>();
    texts(in).forEach(id -> trunks.add(Integer.valueOf(id)));
    return new SwitchPort(
        name,
        type,
        tag,
        trunks,
        ObjectStateCodec.text(in),
        ObjectStateCodec.optional(in),
        ObjectStateCodec.optional(in));
  }

  private static void texts(DataOutputStream out, Collection<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      ObjectStateCodec.text(out, text);
    }
  }

  private static SortedSet<String> texts(DataInputStream in) throws IOException {
    SortedSet<String> texts = new TreeSet<>();
    for (int i = count(in); i > 0; i--) {
      texts.add(ObjectStateCodec.text(in));
    }
    return texts;
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > LIMIT) {
      throw new IOException(count + " entries");
    }
    return count;
  }
}
