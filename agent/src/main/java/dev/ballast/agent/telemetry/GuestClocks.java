package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.libvirt.GuestTime;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.model.VmName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By how much guests' clocks are off, as their agents say: all that run are asked one after the
 * other, from a thread of its own, once an interval. A guest that does not answer is asked ever
 * less often, up to every {@value #LONGEST_ROUNDS} intervals, since each silence takes seconds.
 */
public final class GuestClocks implements AutoCloseable {
  static final int LONGEST_ROUNDS = 16;

  private static final Logger log = LoggerFactory.getLogger(GuestClocks.class);

  private final GuestTime guests;
  private final Supplier<Collection<VmName>> running;
  private final long intervalMillis;
  private final Map<VmName, Long> offsets = new ConcurrentHashMap<>();
  private final Map<VmName, Silence> silent = new HashMap<>();
  private final Object monitor = new Object();
  private boolean closed;

  /**
   * @param rounds to be left out in all after the last question
   * @param left of them
   */
  private record Silence(int rounds, int left) {}

  /**
   * @param running the VMs that run now
   * @param intervalMillis from the end of one round to the next
   */
  public GuestClocks(GuestTime guests, Supplier<Collection<VmName>> running, long intervalMillis) {
    this.guests = guests;
    this.running = running;
    this.intervalMillis = intervalMillis;
  }

  /** Begins, in the background. */
  public void start() {
    Thread.ofPlatform().daemon().name("guest-clocks").start(this::loop);
  }

  /** The load with the clocks that are known. */
  public HostLoad in(HostLoad load) {
    if (offsets.isEmpty()) {
      return load;
    }
    List<VmLoad> vms = load.vms().stream().map(this::told).toList();
    return new HostLoad(
        load.epochMillis(),
        load.usageMillis(),
        load.memoryAvailableBytes(),
        load.cpus(),
        vms,
        load.ksm());
  }

  private VmLoad told(VmLoad load) {
    Long offset = offsets.get(load.vm());
    return offset == null ? load : load.withClockOffset(offset);
  }

  private void loop() {
    while (true) {
      try {
        round();
      } catch (RuntimeException e) {
        log.error("asking guests for their time failed; trying again", e);
      }
      synchronized (monitor) {
        try {
          if (!closed) {
            monitor.wait(intervalMillis);
          }
        } catch (InterruptedException e) {
          return;
        }
        if (closed) {
          return;
        }
      }
    }
  }

  /** Asks all whose turn it is. */
  void round() {
    Collection<VmName> now = running.get();
    offsets.keySet().retainAll(now);
    silent.keySet().retainAll(now);
    for (VmName vm : now) {
      Silence silence = silent.getOrDefault(vm, new Silence(0, 0));
      if (silence.left() > 0) {
        silent.put(vm, new Silence(silence.rounds(), silence.left() - 1));
      } else {
        ask(vm, silence.rounds());
      }
    }
  }

  private void ask(VmName vm, int rounds) {
    try {
      offsets.put(vm, guests.offsetMillis(vm.value()));
      silent.remove(vm);
    } catch (LibvirtFault e) {
      offsets.remove(vm);
      int next = Math.clamp(rounds * 2L, 1, LONGEST_ROUNDS);
      silent.put(vm, new Silence(next, next - 1));
      log.debug("{}: its clock is not known: {}", vm, e.getMessage());
    }
  }

  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
  }
}
