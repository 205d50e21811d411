package dev.staithe.agent;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.staithe.runtime.Cycles;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The rules of the house, as far as the agent goes. Before one is changed, the map in the architecture page is. */
class AgentArchitectureTest {
    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.staithe.agent");

    @Test
    void decisionsArePure() {
        holds(noClasses()
                .that()
                .resideInAnyPackage("..agent.reconcile..", "..agent.model..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java.io..",
                                "java.nio.channels..",
                                "java.net..",
                                "java.util.concurrent..",
                                "org.slf4j..",
                                "dev.staithe.runtime..",
                                "..agent.ledger..",
                                "..agent.session..",
                                "..agent.task..")
                        .and(not(belongToAnyOf(Cycles.class))))
                .because("a decision is a value: the same input gives the same answer, in tests and in the simulator"));
    }

    @Test
    void decisionsIterateInADefinedOrder() {
        holds(noClasses()
                .that()
                .resideInAPackage("..agent.reconcile..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(HashMap.class, HashSet.class)
                .because("the order of a hash table differs from run to run"));
    }

    @Test
    void whatMayDifferBetweenTwoRunsComesInThroughTheEnvironment() {
        String because = "two runs of one seed are the same, byte for byte";
        holds(noClasses().should().callMethod(System.class, "currentTimeMillis").because(because));
        holds(noClasses().should().callMethod(System.class, "nanoTime").because(because));
        holds(noClasses().should().callMethod(Instant.class, "now").because(because));
        holds(noClasses().should().callMethod(UUID.class, "randomUUID").because(because));
        holds(noClasses().should().callMethod(Math.class, "random").because(because));
        holds(noClasses()
                .should()
                .callMethod(Collection.class, "parallelStream")
                .because(because));
        holds(noClasses().should().callMethod(Thread.class, "sleep", long.class).because(because));
        holds(noClasses()
                .should()
                .callConstructorWhere(constructorOf(Thread.class))
                .because(because));
        holds(noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Executors.class, Clock.class, Random.class)
                .because(because));
    }

    @Test
    void onlyOnePackageSeesDocker() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("..agent.container.docker..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.github.dockerjava..")
                .because("the engine is behind a port that the fake passes too"));
    }

    @Test
    void onlyOnePackageSeesTheWire() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("..agent.session.grpc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.netty..")
                .because("the simulator has another wire"));
    }

    @Test
    void doesNotKnowTheOtherPrograms() {
        holds(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.staithe.controlplane..", "dev.staithe.cli..")
                .because("they meet in the protocol alone"));
    }

    @Test
    void packagesDoNotGoRoundInCircles() {
        holds(slices().matching("dev.staithe.(**)")
                .should()
                .beFreeOfCycles()
                .because("a circle of packages is one package that hides its size"));
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaConstructorCall> constructorOf(
            Class<?> type) {
        return DescribedPredicate.describe(
                "constructor of " + type.getSimpleName(),
                call -> call.getTargetOwner().isEquivalentTo(type));
    }

    private static void holds(ArchRule rule) {
        rule.check(AGENT);
    }
}
