package dev.ballast.agent.host.libvirt;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.libvirt.DomainJobStats;
import org.libvirt.TypedParameter;

/**
 * The statistics of an outgoing migration as numbers; libvirt leaves out those that it does not
 * know yet.
 */
final class JobNumbers {
  /** VIR_DOMAIN_JOB_BOUNDED and _UNBOUNDED; other kinds have ended or never began. */
  private static final int BOUNDED = 1;

  private static final int UNBOUNDED = 2;

  /** VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT. */
  private static final long MIGRATION_OUT = 5;

  private JobNumbers() {}

  static Optional<MigrationJob> read(DomainJobStats job) {
    if (job.type != BOUNDED && job.type != UNBOUNDED) {
      return Optional.empty();
    }
    Map<String, String> values =
        Stream.of(job.stats)
            .collect(
                Collectors.toMap(
                    (TypedParameter p) -> p.field,
                    TypedParameter::getValueAsString,
                    (first, again) -> first));
    if (number(values, "operation") != MIGRATION_OUT) {
      return Optional.empty();
    }
    long pageBytes = number(values, "memory_page_size");
    return Optional.of(
        new MigrationJob(
            number(values, "time_elapsed"),
            number(values, "data_total"),
            number(values, "data_processed"),
            number(values, "data_remaining"),
            number(values, "memory_iteration"),
            number(values, "memory_dirty_rate") * pageBytes,
            (int) Math.min(100, number(values, "auto_converge_throttle"))));
  }

  private static long number(Map<String, String> values, String name) {
    try {
      return Math.max(0, Long.parseLong(values.getOrDefault(name, "0")));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
