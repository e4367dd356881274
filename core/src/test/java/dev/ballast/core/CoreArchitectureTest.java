package dev.ballast.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of core: who may know whom, and that nothing impure is within reach. */
@AnalyzeClasses(packages = "dev.ballast.core", importOptions = DoNotIncludeTests.class)
class CoreArchitectureTest {
  private static final String ROOT = "dev.ballast.core.";

  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("Topology")
          .definedBy(ROOT + "topology..")
          .layer("Model")
          .definedBy(ROOT + "model..")
          .layer("Definition")
          .definedBy(ROOT + "definition..")
          .layer("Action")
          .definedBy(ROOT + "action..")
          .layer("Plan")
          .definedBy(ROOT + "plan..")
          .layer("Engines")
          .definedBy(
              ROOT + "spec..",
              ROOT + "render..",
              ROOT + "check..",
              ROOT + "demand..",
              ROOT + "placement..",
              ROOT + "balance..",
              ROOT + "drift..")
          .layer("Planning")
          .definedBy(ROOT + "planning..")
          .layer("Simulation")
          .definedBy(ROOT + "simulation..")
          .whereLayer("Simulation")
          .mayNotBeAccessedByAnyLayer()
          .layer("Practice")
          .definedBy(ROOT + "practice..")
          .whereLayer("Practice")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("Planning")
          .mayOnlyBeAccessedByLayers("Practice")
          .whereLayer("Engines")
          .mayOnlyBeAccessedByLayers("Planning", "Practice", "Simulation")
          .whereLayer("Plan")
          .mayOnlyBeAccessedByLayers("Engines", "Planning", "Practice")
          .whereLayer("Definition")
          .mayOnlyBeAccessedByLayers("Engines", "Planning")
          .whereLayer("Action")
          .mayOnlyBeAccessedByLayers("Plan", "Engines", "Planning", "Practice")
          .whereLayer("Model")
          .mayOnlyBeAccessedByLayers(
              "Definition", "Action", "Plan", "Engines", "Planning", "Practice")
          .whereLayer("Topology")
          .mayOnlyBeAccessedByLayers(
              "Model", "Definition", "Action", "Plan", "Engines", "Planning", "Practice");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_CHECKER_KNOWS_NO_PLANNER =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "check..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + "placement..",
              ROOT + "balance..",
              ROOT + "definition..",
              ROOT + "demand..",
              ROOT + "render..",
              ROOT + "spec..",
              ROOT + "drift..",
              ROOT + "search..",
              ROOT + "planning..");

  @ArchTest
  static final ArchRule PURE =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOT.substring(0, ROOT.length() - 1) + "..",
              "java..",
              "javax.xml..",
              "org.w3c.dom..",
              "org.xml.sax..",
              "org.jspecify..",
              "org.snakeyaml.engine..");

  @ArchTest
  static final ArchRule NO_CLOCK_NO_FILES_NO_NETWORK_NO_CHANCE =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "topology..",
              ROOT + "model..",
              ROOT + "action..",
              ROOT + "plan..",
              ROOT + "check..",
              ROOT + "demand..",
              ROOT + "placement..",
              ROOT + "balance..",
              ROOT + "drift..",
              ROOT + "planning..",
              ROOT + "practice..",
              ROOT + "spec..",
              ROOT + "definition..",
              ROOT + "render..",
              ROOT + "search..",
              ROOT + "simulation..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.net..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.File")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(java.util.UUID.class, "randomUUID");
}
