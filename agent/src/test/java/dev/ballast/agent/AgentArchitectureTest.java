package dev.ballast.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The agent's rooms and the arrows between them (host, readers, executor, command, stream). */
@AnalyzeClasses(
    packages = "dev.ballast.agent",
    importOptions = ImportOption.DoNotIncludeTests.class)
class AgentArchitectureTest {
  private static final String ROOT = "dev.ballast.agent";

  @ArchTest
  static final ArchRule ARROWS_RUN_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("host")
          .definedBy(ROOT + ".host..")
          .layer("inventory")
          .definedBy(ROOT + ".inventory..")
          .layer("telemetry")
          .definedBy(ROOT + ".telemetry..")
          .layer("executor")
          .definedBy(ROOT + ".executor..")
          .layer("journal")
          .definedBy(ROOT + ".journal..")
          .layer("outbox")
          .definedBy(ROOT + ".outbox..")
          .layer("command")
          .definedBy(ROOT + ".command..")
          .layer("observation")
          .definedBy(ROOT + ".observation..")
          .layer("config")
          .definedBy(ROOT + ".config..")
          .layer("stream")
          .definedBy(ROOT + ".stream..")
          .layer("practice")
          .definedBy(ROOT + ".practice..")
          .layer("metrics")
          .definedBy(ROOT + ".metrics..")
          .layer("main")
          .definedBy(ROOT)
          .whereLayer("main")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("practice")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("metrics")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("stream")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("observation")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("command")
          .mayOnlyBeAccessedByLayers("observation", "stream", "main")
          .whereLayer("executor")
          .mayOnlyBeAccessedByLayers("command", "observation", "practice", "main")
          .whereLayer("telemetry")
          .mayOnlyBeAccessedByLayers("config", "main")
          .whereLayer("inventory")
          .mayOnlyBeAccessedByLayers("telemetry", "practice", "main")
          .whereLayer("journal")
          .mayOnlyBeAccessedByLayers("command", "main");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_THE_STREAM_KNOWS_THE_CONTRACT =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".stream..")
          .should()
          .dependOnClassesThat(resideInAPackage("dev.ballast.v1.."));

  /** A dry run is the check and no more: what checks cannot be handed the right to write. */
  @ArchTest
  static final ArchRule WHO_CHECKS_CANNOT_WRITE =
      noClasses()
          .that()
          .haveSimpleName("Precheck")
          .or()
          .haveSimpleName("HostReader")
          .or()
          .haveSimpleName("SwitchReader")
          .should()
          .dependOnClassesThat()
          .haveSimpleNameEndingWith("Writer");

  @ArchTest
  static final ArchRule NATIVE_CALLS_STAY_IN_THE_SEAM =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + ".host.libvirt..", ROOT + ".host.systemd..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.libvirt..").or(resideInAPackage("com.sun.jna..")));
}
