package dev.ballast.core.balance.fleet;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Hosts and VMs while a decision is made: who stands where, what each host is committed to, what
 * its memory and its link still allow. A VM's memory is held on the host that it leaves until the
 * next decision, so that moves are feasible in any order.
 *
 * <pre>
 * committed(h) = scale · Σ mean + margin · √(Σ variance)      over the VMs of h
 * </pre>
 */
final class FleetBoard {
  static final int NONE = -1;

  /** Two sums of the same memory may differ by rounding. */
  private static final double SLACK = 1e-9;

  final FleetShape shape;
  final int[] hostOf;
  final double[] mean;
  final double[] variance;
  final double[] now;
  private final double scale;
  private final double[] meanSum;
  private final double[] varianceSum;
  private final double[] nowSum;
  private final double[] memorySum;
  private final double[] busySeconds;
  private final int[] count;
  private final boolean[] closed;
  private final int[] openOrder;

  FleetBoard(
      FleetShape shape,
      int[] hostOf,
      double[] mean,
      double[] variance,
      double[] now,
      double scale) {
    this.shape = shape;
    this.hostOf = hostOf.clone();
    this.mean = mean;
    this.variance = variance;
    this.now = now;
    this.scale = scale;
    this.meanSum = new double[shape.hosts()];
    this.varianceSum = new double[shape.hosts()];
    this.nowSum = new double[shape.hosts()];
    this.memorySum = new double[shape.hosts()];
    this.busySeconds = new double[shape.hosts()];
    this.count = new int[shape.hosts()];
    this.closed = new boolean[shape.hosts()];
    for (int vm = 0; vm < hostOf.length; vm++) {
      if (hostOf[vm] != NONE) {
        add(vm, hostOf[vm], 1);
        memorySum[hostOf[vm]] += shape.vmMemory()[vm];
      }
    }
    this.openOrder = byWattsOfTheWholeFleet();
  }

  private void add(int vm, int host, int times) {
    meanSum[host] += times * mean[vm];
    varianceSum[host] = Math.max(0, varianceSum[host] + times * variance[vm]);
    nowSum[host] += times * now[vm];
    count[host] += times;
  }

  /** Puts a VM that stood nowhere onto a host. */
  void put(int vm, int host) {
    hostOf[vm] = host;
    add(vm, host, 1);
    memorySum[host] += shape.vmMemory()[vm];
  }

  /** Moves a VM; its links' time is not counted yet. */
  void move(int vm, int to) {
    add(vm, hostOf[vm], -1);
    put(vm, to);
  }

  /** Takes a move back, with the memory that it held on both sides. */
  void moveBack(int vm, int from) {
    int host = hostOf[vm];
    add(vm, host, -1);
    memorySum[host] -= shape.vmMemory()[vm];
    hostOf[vm] = from;
    add(vm, from, 1);
  }

  /** Whether a migration between these hosts, after those counted so far, ends in time. */
  boolean linksAreFree(int vm, int from, int to) {
    return Math.max(busySeconds[from], busySeconds[to]) + shape.moveSeconds()[vm]
        <= shape.windowSeconds();
  }

  void useLinks(int vm, int from, int to) {
    double end = Math.max(busySeconds[from], busySeconds[to]) + shape.moveSeconds()[vm];
    busySeconds[from] = end;
    busySeconds[to] = end;
  }

  /** Nothing moves to a closed host. */
  void setClosed(int host, boolean isClosed) {
    closed[host] = isClosed;
  }

  double committed(int host, double margin) {
    return scale * meanSum[host] + margin * Math.sqrt(varianceSum[host]);
  }

  double committedWith(int vm, int host, double margin) {
    return scale * (meanSum[host] + mean[vm])
        + margin * Math.sqrt(varianceSum[host] + variance[vm]);
  }

  double committedWithout(int vm, double margin) {
    int host = hostOf[vm];
    return scale * (meanSum[host] - mean[vm])
        + margin * Math.sqrt(Math.max(0, varianceSum[host] - variance[vm]));
  }

  double wantedNow(int host) {
    return nowSum[host];
  }

  int vmsOn(int host) {
    return count[host];
  }

  int[] vmsOf(int host) {
    return IntStream.range(0, hostOf.length).filter(vm -> hostOf[vm] == host).toArray();
  }

  int hostsInUse() {
    return (int) Arrays.stream(count).filter(vms -> vms > 0).count();
  }

  /**
   * The open host in use that has room for the VM and becomes fullest (or stays emptiest), {@link
   * #NONE} if none has.
   */
  int target(int vm, double margin, double ceiling, boolean fullest) {
    int best = NONE;
    double bestFill = fullest ? -1 : Double.MAX_VALUE;
    for (int host = 0; host < count.length; host++) {
      if (closed[host] || host == hostOf[vm] || (fullest && count[host] == 0)) {
        continue;
      }
      double fill = fillWith(vm, host, margin, ceiling);
      if (fill <= 1 && (fullest ? fill > bestFill : fill < bestFill)) {
        best = host;
        bestFill = fill;
      }
    }
    return best;
  }

  /** The empty host to be switched on next that can take the VM, {@link #NONE} if none can. */
  int empty(int vm, double margin, double ceiling) {
    int fallback = NONE;
    for (int host : openOrder) {
      if (count[host] > 0 || closed[host] || memoryFill(vm, host) > 1) {
        continue;
      }
      if (fillWith(vm, host, margin, ceiling) <= 1) {
        return host;
      }
      fallback = fallback == NONE ? host : fallback;
    }
    return fallback;
  }

  /** The host with memory for the VM that is committed least for its CPU, {@link #NONE} if none. */
  int leastCommitted(int vm, double margin) {
    int best = NONE;
    double least = Double.MAX_VALUE;
    for (int host = 0; host < count.length; host++) {
      double share = committedWith(vm, host, margin) / shape.cpu()[host];
      if (share < least && memoryFill(vm, host) <= 1) {
        best = host;
        least = share;
      }
    }
    return best;
  }

  /** Of the scarcest resource with the VM on it; above 1 where it does not fit. */
  private double fillWith(int vm, int host, double margin, double ceiling) {
    double cpu = shape.cpu()[host];
    if (nowSum[host] + now[vm] > cpu * ceiling) {
      return Double.MAX_VALUE;
    }
    return Math.max(committedWith(vm, host, margin) / cpu, memoryFill(vm, host));
  }

  private double memoryFill(int vm, int host) {
    double memory = memorySum[host] + shape.vmMemory()[vm];
    return memory <= shape.memory()[host] ? memory / shape.memory()[host] : Double.MAX_VALUE;
  }

  /**
   * Hosts, best first, by what the whole fleet would draw if all hosts were like it: as many as CPU
   * or memory asks for, each idle, and the load on top.
   *
   * <pre>
   * watts = max(Σ mean / cpu, Σ memory / memory(h)) · idle + Σ mean / cpu · (full − idle)
   * </pre>
   */
  private int[] byWattsOfTheWholeFleet() {
    double cpu = scale * Arrays.stream(mean).sum();
    double memory = Arrays.stream(shape.vmMemory()).sum();
    double[] watts = new double[shape.hosts()];
    for (int host = 0; host < watts.length; host++) {
      double hosts = Math.max(cpu / shape.cpu()[host], memory / shape.memory()[host]);
      double idle = shape.idleWatts()[host];
      watts[host] =
          hosts * idle + cpu / shape.cpu()[host] * (shape.fullWatts()[host] - idle) + SLACK;
    }
    return IntStream.range(0, watts.length)
        .boxed()
        .sorted(Comparator.comparingDouble(host -> watts[host]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
