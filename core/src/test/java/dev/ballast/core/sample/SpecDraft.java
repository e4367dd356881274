package dev.ballast.core.sample;

import dev.ballast.core.model.Automation;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A specification that a test changes field by field. */
public record SpecDraft(VmSpec vm) {
  public SpecDraft vcpus(int vcpus) {
    return copy(vcpus, vm.memoryBytes(), vm.cpuPolicy(), vm.type(), vm.pins(), vm.hosts());
  }

  public SpecDraft memory(long bytes) {
    return copy(vm.vcpus(), bytes, vm.cpuPolicy(), vm.type(), vm.pins(), vm.hosts());
  }

  public SpecDraft dedicated() {
    return copy(
        vm.vcpus(), vm.memoryBytes(), CpuPolicy.DEDICATED, vm.type(), vm.pins(), vm.hosts());
  }

  public SpecDraft type(DomainType type) {
    return copy(vm.vcpus(), vm.memoryBytes(), vm.cpuPolicy(), type, vm.pins(), vm.hosts());
  }

  public SpecDraft pins(CpuPins pins) {
    return copy(
        vm.vcpus(), vm.memoryBytes(), vm.cpuPolicy(), vm.type(), Optional.of(pins), vm.hosts());
  }

  public SpecDraft hosts(String... names) {
    SortedSet<HostName> hosts =
        Arrays.stream(names).map(HostName::new).collect(Collectors.toCollection(TreeSet::new));
    return copy(vm.vcpus(), vm.memoryBytes(), vm.cpuPolicy(), vm.type(), vm.pins(), hosts);
  }

  public SpecDraft apart(String... groups) {
    return copy(new TreeSet<>(Arrays.asList(groups)), vm.run(), vm.automation());
  }

  public SpecDraft rules(UnaryOperator<PlacementRules> change) {
    return new SpecDraft(vm.withRules(change.apply(vm.rules())));
  }

  public SpecDraft together(String... groups) {
    return rules(rules -> rules.withAffinity(new TreeSet<>(Arrays.asList(groups))));
  }

  public SpecDraft spread(String group, String over, int atMost) {
    return rules(rules -> rules.withSpread(new SpreadRule(group, over, atMost)));
  }

  public SpecDraft stopped() {
    return copy(vm.antiAffinity(), RunState.STOPPED, vm.automation());
  }

  public SpecDraft automation(Automation automation) {
    return copy(vm.antiAffinity(), vm.run(), automation);
  }

  /** With pages of that size. */
  public SpecDraft hugepages(long pageBytes) {
    return new SpecDraft(vm.withResources(vm.resources().withHugepages(pageBytes)));
  }

  /** With so many devices of that pool. */
  public SpecDraft devices(String pool, int count) {
    SortedMap<String, Integer> devices = new TreeMap<>(vm.resources().devices());
    devices.put(pool, count);
    return new SpecDraft(vm.withResources(vm.resources().withDevices(devices)));
  }

  private SpecDraft copy(
      int vcpus,
      long memoryBytes,
      CpuPolicy cpuPolicy,
      DomainType type,
      Optional<CpuPins> pins,
      SortedSet<HostName> hosts) {
    return new SpecDraft(
        vm.withVcpus(vcpus)
            .withMemoryBytes(memoryBytes)
            .withCpuPolicy(cpuPolicy)
            .withType(type)
            .withPins(pins)
            .withHosts(hosts));
  }

  private SpecDraft copy(SortedSet<String> groups, RunState run, Automation automation) {
    return new SpecDraft(vm.withAntiAffinity(groups).withRun(run).withAutomation(automation));
  }
}
