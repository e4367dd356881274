package dev.ballast.core.spec;

import dev.ballast.core.definition.DefinitionException;
import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.VmName;
import java.util.List;
import java.util.Optional;

/** Holds what is written of an adopted VM against the definition that it keeps. */
record AdoptedReader(Section vm, DomainDefinition kept, Duplicates duplicates) {
  /** The key of the definition. */
  static final String KEY = "domainXml";

  /** What stands in the definition and nowhere else. */
  private static final List<String> SECOND_PLACES =
      List.of("type", "machine", "emulator", "boot", "disks", "nics", "hugepages", "devices");

  static Optional<DomainDefinition> definition(Field field) {
    Optional<String> xml = field.lines(AdoptedDomain.XML_LENGTH_LIMIT);
    if (xml.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(DomainDefinition.parse(xml.get()));
    } catch (DefinitionException e) {
      field.fault(
          "'" + KEY + "' " + e.getMessage(),
          "it is what 'virsh dumpxml --inactive --security-info' prints of the domain");
      return Optional.empty();
    }
  }

  static void refuseSecondPlaces(Section vm) {
    for (String key : SECOND_PLACES) {
      vm.get(key)
          .ifPresent(
              field ->
                  field.fault(
                      "'" + key + "' of an adopted VM stands in its '" + KEY + "'",
                      "change it there and remove this key"));
    }
  }

  void check(Optional<VmName> name, int vcpus, long memoryBytes) {
    vm.get("name")
        .filter(field -> name.isPresent() && !name.get().value().equals(kept.name()))
        .ifPresent(
            field ->
                field.fault(
                    "an adopted VM keeps the name of its domain, " + Quoted.of(kept.name()),
                    "libvirt renames only what does not run: 'virsh domrename', then adopt again"));
    oneSize("vcpus", vcpus != kept.vcpus(), kept.vcpusObstacle());
    oneSize("memory", memoryBytes != kept.memoryBytes(), kept.memoryObstacle());
    vm.get(KEY)
        .ifPresent(
            field -> kept.nics().forEach(nic -> duplicates.mac(nic.mac(), field.at(), false)));
  }

  private void oneSize(String key, boolean differs, Optional<String> obstacle) {
    if (differs && obstacle.isPresent()) {
      vm.get(key)
          .ifPresent(
              field ->
                  field.fault(
                      "'" + key + "' is not what '" + KEY + "' says, where " + obstacle.get(),
                      "change both places alike"));
    }
  }
}
