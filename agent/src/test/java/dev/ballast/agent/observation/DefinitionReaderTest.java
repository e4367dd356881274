package dev.ballast.agent.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.libvirt.DomainRow;
import dev.ballast.agent.host.libvirt.DomainXml;
import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.outbox.DefinitionAnswer;
import dev.ballast.core.model.DomainState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DefinitionReaderTest {
  private static final String XML = "<domain><name>web</name></domain>";

  private final Domains libvirt = new Domains();
  private final BlockingQueue<DefinitionAnswer> answers = new LinkedBlockingQueue<>();

  /** Reads of libvirt, which may wait for the test. */
  private static final class Domains implements DefinitionReader.Source {
    final Map<String, Optional<String>> xmls = new HashMap<>();
    final List<String> leftOut = new ArrayList<>();
    final CountDownLatch go = new CountDownLatch(1);
    boolean waits;
    boolean down;

    @Override
    public Optional<DomainRow> domain(String name) throws LibvirtFault {
      if (down) {
        throw new LibvirtFault.Unavailable("libvirt is away", false);
      }
      if (waits) {
        try {
          go.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return Optional.ofNullable(xmls.get(name)).map(xml -> row(name, xml));
    }

    @Override
    public List<String> leftOut() {
      return leftOut;
    }

    private static DomainRow row(String name, Optional<String> xml) {
      return new DomainRow(
          name, "u", DomainState.SHUT_OFF, false, false, false, 1, 1 << 20, xml, Optional.empty());
    }
  }

  private DefinitionReader reader() {
    return new DefinitionReader(libvirt, answers::add);
  }

  private DefinitionAnswer ask(DefinitionReader reader, long id, String domain)
      throws InterruptedException {
    reader.ask(id, domain);
    DefinitionAnswer answer = answers.poll(10, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    return answer;
  }

  @Test
  void answersWithTheDefinitionOrWhyThereIsNone() throws Exception {
    libvirt.xmls.put("web", Optional.of(XML));
    libvirt.xmls.put("passing", Optional.empty());
    libvirt.xmls.put("huge", Optional.of("x".repeat(DomainXml.LENGTH_LIMIT + 1)));

    assertThat(ask(reader(), 1, "web")).isEqualTo(DefinitionAnswer.found(1, XML));
    assertThat(ask(reader(), 2, "passing").problem()).contains("is transient");
    assertThat(ask(reader(), 3, "nobody").problem()).contains("there is no domain 'nobody'");
    assertThat(ask(reader(), 4, "huge").problem()).contains("longer than");
    libvirt.down = true;
    assertThat(ask(reader(), 5, "web").problem()).contains("libvirt is away");
  }

  @Test
  void namesDomainsThatNoObservationTellsOf() throws Exception {
    libvirt.leftOut.add("domain 'my vm': its name is none that Ballast can use");

    assertThat(ask(reader(), 1, "").leftOut())
        .containsExactly("domain 'my vm': its name is none that Ballast can use");
  }

  @Test
  void questionsAreBounded() throws Exception {
    libvirt.xmls.put("web", Optional.of(XML));
    libvirt.waits = true;
    DefinitionReader reader = reader();
    for (long id = 1; id <= DefinitionReader.QUESTION_LIMIT; id++) {
      reader.ask(id, "web");
    }

    assertThat(ask(reader, 99, "web").problem()).contains("too many questions");
    libvirt.go.countDown();
    for (int i = 0; i < DefinitionReader.QUESTION_LIMIT; i++) {
      assertThat(answers.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
  }
}
