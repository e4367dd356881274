package dev.ballast.coordinator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The coordinator's rooms and the arrows between them; the command line stands apart. */
@AnalyzeClasses(
    packages = "dev.ballast.coordinator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class CoordinatorArchitectureTest {
  private static final String ROOT = "dev.ballast.coordinator";
  private static final String CLI = ROOT + ".cli..";

  @ArchTest
  static final ArchRule ARROWS_RUN_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("store")
          .definedBy(ROOT + ".store..")
          .layer("leadership")
          .definedBy(ROOT + ".leadership..")
          .layer("lifecycle")
          .definedBy(ROOT + ".lifecycle..")
          .layer("config")
          .definedBy(ROOT + ".config..")
          .layer("pki")
          .definedBy(ROOT + ".pki..")
          .layer("cluster")
          .definedBy(ROOT + ".cluster..")
          .layer("execution")
          .definedBy(ROOT + ".execution..")
          .layer("control")
          .definedBy(ROOT + ".control..")
          .layer("api")
          .definedBy(ROOT + ".api..")
          .layer("gateway")
          .definedBy(ROOT + ".gateway..")
          .layer("metrics")
          .definedBy(ROOT + ".metrics..")
          .layer("main")
          .definedBy(ROOT)
          .whereLayer("main")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("metrics")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("gateway")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("control")
          .mayOnlyBeAccessedByLayers("api", "gateway", "main")
          .whereLayer("execution")
          .mayOnlyBeAccessedByLayers("control", "api", "gateway", "main")
          .whereLayer("cluster")
          .mayOnlyBeAccessedByLayers("execution", "control", "api", "gateway", "main")
          .whereLayer("pki")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers("gateway", "metrics", "main")
          .whereLayer("leadership")
          .mayOnlyBeAccessedByLayers("gateway", "main")
          .whereLayer("store")
          .mayNotAccessAnyLayer();

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_COMMAND_LINE_SEES_ONLY_CORE_AND_PROTO =
      classes()
          .that()
          .resideInAPackage(CLI)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      CLI, "dev.ballast.core..", "dev.ballast.v1..", "dev.ballast.wire..")
                  .or(DescribedPredicate.not(resideInAPackage("dev.ballast.."))));

  @ArchTest
  static final ArchRule NOBODY_SEES_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI)
          .should()
          .dependOnClassesThat(resideInAPackage(CLI));

  @ArchTest
  static final ArchRule THE_CONTRACT_STAYS_AT_THE_EDGES =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + ".gateway..", ROOT + ".api..", CLI)
          .should()
          .dependOnClassesThat(resideInAPackage("dev.ballast.v1.."));

  @ArchTest
  static final ArchRule ONLY_THE_STORE_SPEAKS_SQL =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".store..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.sql..",
                  "org.jdbi..",
                  "org.sqlite..",
                  "org.flywaydb..",
                  "com.zaxxer.hikari.."));

  @ArchTest
  static final ArchRule ONLY_THE_WIRING_KNOWS_GUICE =
      noClasses()
          .that(
              resideInAPackage(ROOT + ".*..")
                  .and(DescribedPredicate.<JavaClass>not(resideInAPackage(ROOT))))
          .should()
          .dependOnClassesThat(resideInAPackage("com.google.inject.."));
}
