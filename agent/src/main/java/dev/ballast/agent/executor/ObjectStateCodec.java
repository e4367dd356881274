package dev.ballast.agent.executor;

import dev.ballast.agent.executor.ObjectState.DomainPresent;
import dev.ballast.agent.executor.ObjectState.HostSettingPresent;
import dev.ballast.agent.executor.ObjectState.KsmPresent;
import dev.ballast.agent.executor.ObjectState.NoDomain;
import dev.ballast.agent.executor.ObjectState.NoHostSetting;
import dev.ballast.agent.executor.ObjectState.NoKsm;
import dev.ballast.agent.executor.ObjectState.NoSwitch;
import dev.ballast.agent.executor.ObjectState.SwitchPresent;
import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The undo record: an object's state as bytes, whole, so that it can be restored from them. */
public final class ObjectStateCodec {
  private static final int NO_DOMAIN = 1;
  private static final int DOMAIN = 2;
  private static final int NO_KSM = 3;
  private static final int KSM = 4;
  private static final int NO_SWITCH = 40;
  private static final int SWITCH = 41;
  private static final int SWITCH_WITH_SETTINGS = 130;
  private static final int KSM_ACROSS_NODES = 100;
  private static final int NO_SETTING = 101;
  private static final int SETTING = 102;

  /** The longest text in a record: a domain's XML in UTF-8. */
  private static final int TEXT_LIMIT_BYTES = 4 << 20;

  private ObjectStateCodec() {}

  public static byte[] encode(ObjectState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      switch (state) {
        case NoDomain ignored -> out.writeByte(NO_DOMAIN);
        case DomainPresent domain -> {
          out.writeByte(DOMAIN);
          write(out, domain);
        }
        case NoKsm ignored -> out.writeByte(NO_KSM);
        case KsmPresent(KsmSettings settings) -> {
          out.writeByte(settings.mergeAcrossNodes().isPresent() ? KSM_ACROSS_NODES : KSM);
          out.writeInt(settings.run());
          out.writeLong(settings.pagesToScan());
          out.writeLong(settings.sleepMillis());
          if (settings.mergeAcrossNodes().isPresent()) {
            out.writeBoolean(settings.mergeAcrossNodes().get());
          }
        }
        case NoHostSetting(String key) -> {
          out.writeByte(NO_SETTING);
          text(out, key);
        }
        case HostSettingPresent(HostSetting setting) -> {
          out.writeByte(SETTING);
          HostSettingRecord.write(out, setting);
        }
        case NoSwitch(String reason) -> {
          out.writeByte(NO_SWITCH);
          text(out, reason);
        }
        case SwitchPresent present -> {
          out.writeByte(SWITCH_WITH_SETTINGS);
          SwitchRecord.write(out, present);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing into memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The state that was encoded.
   *
   * @throws ExecutionFault when the bytes are no such record
   */
  public static ObjectState decode(byte[] bytes) throws ExecutionFault {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int kind = in.readUnsignedByte();
      return switch (kind) {
        case NO_DOMAIN -> new NoDomain();
        case DOMAIN -> readDomain(in);
        case NO_KSM -> new NoKsm();
        case KSM -> new KsmPresent(new KsmSettings(in.readInt(), in.readLong(), in.readLong()));
        case KSM_ACROSS_NODES ->
            new KsmPresent(
                new KsmSettings(
                    in.readInt(), in.readLong(), in.readLong(), Optional.of(in.readBoolean())));
        case NO_SETTING -> new NoHostSetting(text(in));
        case SETTING -> new HostSettingPresent(HostSettingRecord.read(in));
        case NO_SWITCH -> new NoSwitch(text(in));
        case SWITCH -> SwitchRecord.read(in, false);
        case SWITCH_WITH_SETTINGS -> SwitchRecord.read(in, true);
        default -> throw new ExecutionFault("undo record of unknown kind " + kind);
      };
    } catch (IOException | IllegalArgumentException e) {
      throw new ExecutionFault("undo record cannot be read: " + e.getMessage());
    }
  }

  private static void write(DataOutputStream out, DomainPresent state) throws IOException {
    ObservedDomain domain = state.domain();
    text(out, domain.name().value());
    text(out, domain.uuid());
    text(out, domain.state().name());
    out.writeInt(domain.vcpus());
    out.writeLong(domain.memoryBytes());
    text(out, domain.configDigest());
    pins(out, domain.livePins());
    pins(out, domain.configPins());
    optional(out, domain.specDigest());
    out.writeBoolean(state.active());
    out.writeBoolean(state.autostart());
    out.writeBoolean(state.managedSave());
    optional(out, state.xml());
    optional(out, state.definedDigest());
    out.writeBoolean(state.digestKnown());
    TuningCodec.write(out, state.configTuning());
    TuningCodec.write(out, state.liveTuning());
  }

  private static DomainPresent readDomain(DataInputStream in) throws IOException {
    ObservedDomain domain =
        new ObservedDomain(
            new VmName(text(in)),
            text(in),
            DomainState.valueOf(text(in)),
            in.readInt(),
            in.readLong(),
            text(in),
            pins(in),
            pins(in),
            optional(in));
    DomainPresent state =
        new DomainPresent(
            domain,
            in.readBoolean(),
            in.readBoolean(),
            in.readBoolean(),
            optional(in),
            optional(in),
            in.readBoolean());
    Optional<Tuning> config = TuningCodec.read(in);
    Optional<Tuning> live = TuningCodec.read(in);
    return state.withTuning(config, live, HostReader.withLimits(domain, config, live));
  }

  static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > TEXT_LIMIT_BYTES) {
      throw new IOException("text of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static void optional(DataOutputStream out, Optional<String> text) throws IOException {
    out.writeBoolean(text.isPresent());
    if (text.isPresent()) {
      text(out, text.get());
    }
  }

  static Optional<String> optional(DataInputStream in) throws IOException {
    return in.readBoolean() ? Optional.of(text(in)) : Optional.empty();
  }

  private static void pins(DataOutputStream out, Optional<CpuPins> pins) throws IOException {
    out.writeBoolean(pins.isPresent());
    if (pins.isPresent()) {
      out.writeInt(pins.get().vcpus().size());
      for (CpuSet vcpu : pins.get().vcpus()) {
        text(out, vcpu.toString());
      }
      text(out, pins.get().emulator().toString());
    }
  }

  private static Optional<CpuPins> pins(DataInputStream in) throws IOException {
    if (!in.readBoolean()) {
      return Optional.empty();
    }
    int count = in.readInt();
    if (count < 0 || count > CpuSet.CPU_LIMIT) {
      throw new IOException(count + " vCPUs");
    }
    List<CpuSet> vcpus = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      vcpus.add(CpuSet.parse(text(in)));
    }
    return Optional.of(new CpuPins(vcpus, CpuSet.parse(text(in))));
  }
}
