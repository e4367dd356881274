package dev.ballast.agent.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.executor.ActionExecutor;
import dev.ballast.agent.executor.ExecutionFault;
import dev.ballast.agent.executor.Executors;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.ObjectState;
import dev.ballast.agent.executor.Steering;
import dev.ballast.agent.executor.SwitchReader;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.LibvirtWriter;
import dev.ballast.agent.host.libvirt.MigrationRequest;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.RunningMigration;
import dev.ballast.agent.host.libvirt.TypedParameters;
import dev.ballast.agent.host.ovs.FakeOvsdb;
import dev.ballast.agent.host.storage.StorageWriter;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A host that outlives the process: every write is a line of a file, and the host is what these
 * lines make of the first state. KSM and Open vSwitch are files of their own. The same lines tell
 * afterwards which action wrote what in which life.
 */
final class LedgerHost extends FakeHost {
  /** libvirt, left alone with a migration, is seen at work for so many looks. */
  private static final int ORPHAN_LOOKS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path ledger;
  private final FakeOvsdb ovs;
  private final int life;
  private String phase = "";

  /** Called at each place where the process could die. */
  Consumer<String> places = place -> {};

  /**
   * @param before makes the first state; called in each life, with what lies in files only once
   */
  LedgerHost(Path root, Consumer<LedgerHost> before) throws IOException {
    super(root);
    ledger = root.resolve("ledger");
    ovs = new FakeOvsdb(root.resolve("ovsdb.json"));
    ovs.points = this::ovsPoint;
    List<JsonNode> lines = lines();
    life = 1 + lines.stream().mapToInt(line -> line.path("life").asInt()).max().orElse(0);
    before.accept(this);
    for (JsonNode line : lines) {
      if (line.has("method")) {
        replay(line);
      } else if (line.has("arrived")) {
        migration.orphanLooks = 0;
        guests.remove(line.path("arrived").asText());
      }
    }
    append("begins", "");
  }

  List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    if (Files.exists(ledger)) {
      for (String line : Files.readAllLines(ledger)) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }

  private void append(String key, String value) {
    ObjectNode line = JSON.createObjectNode();
    line.put("life", life).put("phase", phase).put(key, value);
    append(line);
  }

  private synchronized void append(ObjectNode line) {
    try {
      Files.writeString(ledger, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The pipeline passes a place: it tells which action is being done or undone. */
  void pass(String place) {
    if (place.startsWith("after step ")) {
      phase = "apply" + place.substring("after step".length());
      append("begin", phase);
    } else if (place.startsWith("before undo ")) {
      phase = "undo" + place.substring("before undo".length());
    } else if (place.startsWith("after apply ") || place.startsWith("after undo ")) {
      phase = "";
    }
    places.accept(place);
  }

  private void ovsPoint(String place) {
    if (place.startsWith("after")) {
      append("ovs", "transact");
    }
    places.accept(place);
  }

  @Override
  SwitchReader switches() {
    TreeMap<String, String> links = new TreeMap<>();
    links.put("eth1", "");
    links.put("eth2", "");
    links.put("eth3", "");
    return new SwitchReader(ovs, () -> links, () -> "");
  }

  FakeOvsdb ovsdb() {
    return ovs;
  }

  ObservedSwitch observedSwitch() {
    if (switches().observe() instanceof ObjectState.SwitchPresent present) {
      return present.observed();
    }
    throw new IllegalStateException("no switch");
  }

  /** Changes the switch outside of any command. */
  void apply(SetSwitch action) {
    ActionExecutor executor =
        new Executors(AgentUnderTest.clockwork(), AgentUnderTest.POLICY)
            .of(action, new Steering(0, progress -> {}));
    Consumer<String> former = ovs.points;
    ovs.points = place -> {};
    try {
      HostReader reader = reader();
      executor.apply(
          executor.observe(reader),
          reader,
          new HostWriter(
              libvirt,
              new KernelWriter(files.kernel()),
              ovs,
              machine.writer(new KernelWriter(files.kernel())),
              storage()));
    } catch (LibvirtFault | ExecutionFault | InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      ovs.points = former;
    }
  }

  /** How many writes the host has seen, in all lives. */
  int writesSeen() throws IOException {
    return Math.toIntExact(
        lines().stream()
            .filter(
                line ->
                    line.has("method")
                        || line.has("kernel")
                        || line.has("ovs")
                        || line.has("storage"))
            .count());
  }

  /** Whether libvirt got that call, in any life. */
  boolean hasWritten(String method) throws IOException {
    return lines().stream().anyMatch(line -> line.path("method").asText().equals(method));
  }

  boolean isFirstLife() {
    return life == 1;
  }

  @Override
  HostWriter writer() {
    LibvirtWriter recorded =
        (LibvirtWriter)
            Proxy.newProxyInstance(
                LibvirtWriter.class.getClassLoader(),
                new Class<?>[] {LibvirtWriter.class},
                (proxy, method, arguments) -> write(method, arguments));
    KernelWriter kernel = new Knobs(files.kernel());
    return new HostWriter(recorded, kernel, ovs, machine.writer(kernel), new Store());
  }

  private Object write(Method method, Object[] arguments) throws Throwable {
    places.accept("before " + method.getName());
    Object result;
    try {
      result = method.invoke(libvirt, arguments);
    } catch (InvocationTargetException e) {
      throw Objects.requireNonNull(e.getCause());
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("life", life).put("phase", phase).put("method", method.getName());
    for (Object argument : arguments) {
      line.withArray("arguments").add(text(argument));
    }
    append(line);
    places.accept("after " + method.getName());
    return result instanceof RunningMigration running
        ? watched(running, ((MigrationRequest) arguments[0]).name())
        : result;
  }

  private RunningMigration watched(RunningMigration running, String vm) {
    return new RunningMigration() {
      @Override
      public boolean ended() {
        places.accept("migration runs");
        boolean ended = running.ended();
        if (ended && !guests.containsKey(vm)) {
          append("arrived", vm);
        }
        return ended;
      }

      @Override
      public void result() throws LibvirtFault {
        running.result();
      }
    };
  }

  private static String text(Object argument) throws IOException {
    return argument instanceof MigrationRequest request
        ? JSON.writeValueAsString(request)
        : argument.toString();
  }

  private void replay(JsonNode line) throws IOException {
    String name = line.path("method").asText();
    if (name.equals("migrate")) {
      migration.orphanLooks = ORPHAN_LOOKS;
      return;
    }
    for (Method method : LibvirtWriter.class.getMethods()) {
      if (method.getName().equals(name)) {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
          arguments[i] =
              value(method.getParameterTypes()[i], line.path("arguments").path(i).asText());
        }
        try {
          method.invoke(libvirt, arguments);
        } catch (ReflectiveOperationException e) {
          throw new IOException("cannot replay " + line, e);
        }
      }
    }
  }

  private static Object value(Class<?> type, String text) {
    if (type == int.class) {
      return Integer.parseInt(text);
    } else if (type == long.class) {
      return Long.parseLong(text);
    } else if (type == boolean.class) {
      return Boolean.parseBoolean(text);
    } else if (type == CpuSet.class) {
      return CpuSet.parse(text);
    } else if (type == PinScope.class) {
      return PinScope.valueOf(text);
    } else if (type == TypedParameters.class) {
      TypedParameters parameters = new TypedParameters();
      for (String pair : text.split(" ")) {
        String[] parts = pair.split("=");
        parameters.signed(parts[0], Long.parseLong(parts[1]));
      }
      return parameters;
    }
    return text;
  }

  /** All that actions can change, and Open vSwitch. */
  @Override
  String picture() {
    return (super.picture() + "\n" + ovs.picture()).replace(path("").normalize().toString(), "");
  }

  /** A real knob is never seen empty, whenever its writer dies. */
  private static void replace(Path knob, String value) throws IOException {
    Path fresh = knob.resolveSibling(knob.getFileName() + ".new");
    Files.writeString(fresh, value);
    Files.move(fresh, knob, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The files that are kept, with a place to die before each step. */
  private final class Store extends StorageWriter {
    Store() {
      super(machine.store(), programs, programs, () -> 1_000);
    }

    @Override
    protected void step(String what) {
      places.accept("before " + what);
      append("storage", what);
    }
  }

  /** The kernel's files, with a place to die before and after each write. */
  private final class Knobs extends KernelWriter {
    Knobs(KernelFiles files) {
      super(files);
    }

    @Override
    public void write(String path, String value) throws IOException {
      places.accept("before write");
      replace(files.path(path.substring(1)), value);
      append("kernel", path + " " + value);
      places.accept("after write");
    }
  }
}
