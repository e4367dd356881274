package dev.ballast.core.spec;

import dev.ballast.core.definition.DefinitionException;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmSpec;

/** The file of an adopted VM: its specification, below what people should know of it. */
public final class AdoptedFile {
  private AdoptedFile() {}

  /** The text, which {@link SpecParser} reads back as the same specification. */
  public static String of(VmSpec spec, HostName host) {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(spec.name()).append(", adopted from ").append(host);
    text.append(" as it was. Size, pins, placement, run, automation and labels are\n");
    text.append("# changed in their keys, all else in domainXml; a change there takes effect at");
    text.append(" the next start.\n");
    spec.adopted().map(adopted -> notes(adopted.xml())).ifPresent(text::append);
    return text.append(SpecWriter.write(spec)).toString();
  }

  private static String notes(String xml) {
    StringBuilder notes = new StringBuilder();
    try {
      DomainDefinition kept = DomainDefinition.parse(xml);
      if (kept.holdsPassword()) {
        notes.append("# It holds a password: keep this file to yourself.\n");
      }
      kept.links().forEach(link -> notes.append("# NIC ").append(link).append('\n'));
    } catch (DefinitionException e) {
      throw new IllegalArgumentException("an adopted definition " + e.getMessage(), e);
    }
    return notes.toString();
  }
}
