package dev.ballast.coordinator.pki;

import java.nio.file.Path;

/** The configuration files that a new cluster begins with, complete and commented. */
final class Templates {
  private Templates() {}

  static String coordinator(String listen, Path stateDir) {
    return """
        # Configuration of the Ballast coordinator. Relative paths start at this file's directory.

        # Agents and operators connect here.
        listen: %s

        # The store: cluster, specifications, assignments, plans, operations, events.
        stateDir: %s

        # Mutual TLS 1.3: who has no certificate of this authority cannot connect.
        tls:
          ca: pki/ca.crt
          cert: pki/coordinator.crt
          key: pki/coordinator.key

        # Without TLS; only allowed when 'listen' is a loopback address.
        plaintext: false

        # What Ballast may do by itself in a new cluster: off, recommend (plans wait for
        # 'ballast apply') or auto. Later 'ballast automation' changes it.
        automation: recommend

        lease:
          # How long after an agent's time stamp a command may still start. A restarted
          # coordinator waits so long before its first command.
          millis: 15000

        telemetry:
          # How often agents report load.
          intervalMillis: 1000

        # Where Prometheus may ask for metrics, over plain HTTP, read-only; without it nowhere.
        #metrics:
        #  listen: 127.0.0.1:9744

        # When and how far hot spots are relieved. Loads are in thousandths of a CPU; these are the
        # defaults.
        #relief:
        #  # A CPU above it is overloaded, where the agent's alert does not say so itself.
        #  targetMillis: 900
        #  # A re-pin must lower the highest load by so much, and by so much more per further VM.
        #  minGainMillis: 200
        #  gainPerMoveMillis: 50
        #  # So many VMs may move at a time.
        #  maxMoves: 8
        #  # How long a host rests after a re-pin.
        #  holdMillis: 10000
        #  # How long a VM rests after a move; doubles with each that follows soon, up to the other.
        #  coolDownMillis: 60000
        #  coolDownMaxMillis: 3600000
        #  # When no new pins suffice, a VM moves to another host.
        #  migration:
        #    enabled: true
        #    # What the VMs of a host may want of its capacity, there and after a move, in percent.
        #    hostPercent: 85
        #    # A move must take so much overload away.
        #    minGainMillis: 100
        #    # How long both hosts rest afterwards; so many moves in the cluster at a time.
        #    holdMillis: 60000
        #    concurrentLimit: 2

        # Where VMs go; these are the defaults. Weights and formulas: docs/balancing.md.
        #placement:
        #  # balance, consolidate or stable.
        #  policy: balance
        #  # So many vCPUs share a CPU at most; memory that no VM gets.
        #  vcpusPerCpu: 16
        #  hostReserveBytes: 268435456

        # 'ballast rebalance', and what the balancer does by itself besides relief.
        #balance:
        #  # As placement.policy where absent.
        #  policy: balance
        #  # off, recommend or auto; not more than the cluster's automation.
        #  auto: off
        #  intervalMillis: 600000
        #  holdMillis: 1800000
        #  # A host whose VMs want more of its CPU capacity is hot.
        #  hotPercent: 85
        #  minGainPercent: 10
        #  maxMoves: 16
        #  concurrentMigrations: 4

        # Same-page merging: off leaves it to operators, on lets it run, auto measures whether what
        # it saves is worth its scanner (docs/host-actions.md).
        #ksm:
        #  policy: off
        #  intervalMillis: 600000
        #  # How long a host rests after a change, and a new scanner is measured.
        #  holdMillis: 1800000
        """
        .formatted(quoted(listen), quoted(stateDir.toString()));
  }

  static String agent(String host, String coordinator, Path stateDir) {
    return """
        # Configuration of the Ballast agent of host %s. Relative paths start at this file's
        # directory. Copy this directory to /etc/ballast on that host.

        host:
          # As in the certificate.
          name: %s
          # For placement.hostLabels and placement.spread of VMs (docs/vm-yaml.md).
          #labels: {rack: r1}
          # Keep VMs off that do not tolerate them.
          #taints: [gpu]

        coordinator: %s

        tls:
          ca: ca.crt
          cert: host.crt
          key: host.key

        # Without TLS; only allowed when 'coordinator' is a loopback address.
        plaintext: false

        # Journal, term, freeze.
        stateDir: %s

        # true: report only, and refuse every command.
        observeOnly: false

        libvirt:
          uri: qemu:///system
          # A call that takes longer counts as stuck.
          timeoutMillis: 10000

        # VMs leave this host and come to it, once this says how other hosts reach its libvirt
        # (docs/migration.md).
        #migration:
        #  uri: qemu+tls://%s/system
        #  # Guests' memory crosses the network encrypted.
        #  tls: true

        telemetry:
          intervalMillis: 1000
          # How often the whole host is looked at, also where no event tells of a change.
          #sweepMillis: 10000
          # How often guests' agents are asked for the time.
          #guestClockMillis: 60000

        # An alert is raised when CPUs stay above the threshold for the hold time, and ends below
        # the other one.
        spike:
          thresholdPercent: 90
          clearPercent: 75
          holdMillis: 3000

        # Where Prometheus may ask for metrics, over plain HTTP, read-only; without it nowhere.
        #metrics:
        #  listen: 127.0.0.1:9743
        """
        .formatted(host, quoted(host), quoted(coordinator), quoted(stateDir.toString()), host);
  }

  static String operator(String operator, String server) {
    return """
        # Configuration of the 'ballast' command line for operator %s. Relative paths start at
        # this file's directory. Copy this directory to ~/.config/ballast, or name this file in
        # $BALLAST_CONFIG.

        server: %s
        ca: ca.crt
        cert: operator.crt
        key: operator.key
        """
        .formatted(operator, quoted(server));
  }

  // Plain where YAML reads a text for certain, in single quotes otherwise.
  private static String quoted(String text) {
    boolean plain = text.matches("[A-Za-z0-9/][A-Za-z0-9/._:-]*") && !text.endsWith(":");
    boolean otherType = text.matches("(?i)true|false|null|yes|no|on|off|y|n|[0-9][0-9a-fx._-]*");
    return plain && !otherType ? text : "'" + text.replace("'", "''") + "'";
  }
}
