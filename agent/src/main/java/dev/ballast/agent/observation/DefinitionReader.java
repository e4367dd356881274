package dev.ballast.agent.observation;

import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.host.libvirt.DomainRow;
import dev.ballast.agent.host.libvirt.DomainXml;
import dev.ballast.agent.host.libvirt.Libvirt;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.outbox.DefinitionAnswer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Answers how domains are defined. Reads only, so that an agent which only observes answers too;
 * whoever asks never waits for libvirt.
 */
public final class DefinitionReader {
  /** So many questions are looked into at once; further ones are answered with that. */
  public static final int QUESTION_LIMIT = 8;

  /** What is asked of the host. */
  public interface Source {
    Optional<DomainRow> domain(String name) throws LibvirtFault;

    /** Sentences about domains that no observation tells of. */
    List<String> leftOut() throws LibvirtFault;

    /** The host's own. */
    static Source of(Libvirt libvirt, HostReader host) {
      return new Source() {
        @Override
        public Optional<DomainRow> domain(String name) throws LibvirtFault {
          return libvirt.domain(name);
        }

        @Override
        public List<String> leftOut() throws LibvirtFault {
          return host.domains().leftOut();
        }
      };
    }
  }

  private final Source source;
  private final Consumer<DefinitionAnswer> answers;
  private final Semaphore free = new Semaphore(QUESTION_LIMIT);

  public DefinitionReader(Source source, Consumer<DefinitionAnswer> answers) {
    this.source = source;
    this.answers = answers;
  }

  /**
   * Answers in the background, within the time that libvirt is given.
   *
   * @param domain empty to ask which domains no observation tells of
   */
  public void ask(long queryId, String domain) {
    if (!free.tryAcquire()) {
      answers.accept(
          DefinitionAnswer.absent(queryId, "too many questions at once (" + QUESTION_LIMIT + ")"));
      return;
    }
    Thread.ofVirtual()
        .name("definition-" + queryId)
        .start(
            () -> {
              try {
                answers.accept(answer(queryId, domain));
              } finally {
                free.release();
              }
            });
  }

  private DefinitionAnswer answer(long queryId, String domain) {
    try {
      return domain.isEmpty()
          ? DefinitionAnswer.leftOut(queryId, source.leftOut())
          : definition(queryId, domain);
    } catch (LibvirtFault e) {
      return DefinitionAnswer.absent(queryId, String.valueOf(e.getMessage()));
    }
  }

  private DefinitionAnswer definition(long queryId, String domain) throws LibvirtFault {
    Optional<DomainRow> row = source.domain(domain);
    if (row.isEmpty()) {
      return DefinitionAnswer.absent(queryId, "there is no domain '" + domain + "'");
    }
    Optional<String> xml = row.get().persistentXml();
    if (xml.isEmpty()) {
      return DefinitionAnswer.absent(
          queryId, "is transient: it has no persistent definition ('virsh define' gives it one)");
    }
    return xml.get().length() > DomainXml.LENGTH_LIMIT
        ? DefinitionAnswer.absent(
            queryId, "its definition is longer than " + DomainXml.LENGTH_LIMIT + " characters")
        : DefinitionAnswer.found(queryId, xml.get());
  }
}
