package dev.staithe.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.staithe.controlplane.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The layering. A rule that stands in the way of something good is changed here and in the documentation, together. */
@AnalyzeClasses(
        packages = "dev.staithe",
        importOptions = {
            ImportOption.DoNotIncludeTests.class,
            ArchitectureTest.NotGenerated.class,
            ArchitectureTest.NoTestJars.class
        })
final class ArchitectureTest {
    private static final DescribedPredicate<JavaClass> PURE = describe(
            "pure",
            type -> type.getPackageName().startsWith("dev.staithe.controlplane.reconcile")
                    || type.getPackageName().startsWith("dev.staithe.controlplane.placement")
                    || type.getPackageName().startsWith("dev.staithe.agent.reconcile")
                    || outermost(type).equals("dev.staithe.controlplane.observe.StatusMerge")
                    || outermost(type).equals("dev.staithe.controlplane.dispatch.AssignmentDiff"));

    private static final Map<String, Set<String>> SYSTEM_CALLS = Map.of(
            "java.lang.System", Set.of("currentTimeMillis", "nanoTime"),
            "java.time.Instant", Set.of("now"),
            "java.time.LocalDateTime", Set.of("now"),
            "java.time.ZonedDateTime", Set.of("now"),
            "java.time.OffsetDateTime", Set.of("now"),
            "java.lang.Thread", Set.of("sleep", "<init>", "start", "ofVirtual", "ofPlatform", "startVirtualThread"),
            "java.util.UUID", Set.of("randomUUID"),
            "java.lang.Math", Set.of("random"),
            "java.util.Collection", Set.of("parallelStream"));

    private static final Set<String> SYSTEM_TYPES = Set.of(
            "java.util.concurrent.Executors",
            "java.util.concurrent.ThreadLocalRandom",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.security.SecureRandom",
            "java.util.Timer");

    @ArchTest
    static final ArchRule pureCodeSeesOnlyValues = classes()
            .that(PURE)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            "java.lang",
                            "java.lang.runtime",
                            "java.lang.invoke",
                            "java.util",
                            "java.util.function",
                            "java.util.stream",
                            "java.util.regex",
                            "java.math",
                            "java.nio.charset",
                            "org.pcollections",
                            "org.jspecify..",
                            "com.google.protobuf",
                            "dev.staithe.proto.v1",
                            "dev.staithe.proto.agent.v1",
                            "dev.staithe.controlplane.model",
                            "dev.staithe.controlplane.state",
                            "dev.staithe.controlplane.reconcile..",
                            "dev.staithe.controlplane.placement..",
                            "dev.staithe.agent.model",
                            "dev.staithe.agent.container",
                            "dev.staithe.agent.reconcile..")
                    .or(describe("a duration", type -> type.getName().equals("java.time.Duration")))
                    .or(describe("an instant", type -> type.getName().equals("java.time.Instant")))
                    .or(describe("a path, as a name", type -> type.getName().equals("java.nio.file.Path")))
                    .or(describe("derived ids", type -> type.getName().equals("dev.staithe.runtime.Ids")))
                    .or(describe(
                            "the digest of the protocol",
                            type -> type.getName().equals("dev.staithe.runtime.AssignmentDigest")))
                    .or(describe(
                            "the search for circles", type -> type.getName().equals("dev.staithe.runtime.Cycles")))
                    .or(PURE)
                    // Where an array is made of any of these.
                    .or(describe("an array", JavaClass::isArray)))
            .because(
                    "planners answer the same question the same way for ever: no I/O, clock, logging, threads or chance");

    @ArchTest
    static final ArchRule pureCodeIteratesInADefinedOrder = noClasses()
            .that(PURE)
            .should()
            .callCodeUnitWhere(describe("collections without an order are made", ArchitectureTest::makesUnordered))
            .because(
                    "the order of Set.of, Map.of, HashMap and HashSet varies between processes, and so would the plan");

    @ArchTest
    static final ArchRule timeThreadsAndChanceComeFromTheEnvironment = noClasses()
            .that(resideOutsideOfPackages("dev.staithe.runtime.."))
            .should()
            .callCodeUnitWhere(describe("the system's time, threads or chance are used", ArchitectureTest::callsSystem))
            .because("the simulator can only replay what comes in through Environment");

    @ArchTest
    static final ArchRule jetcdStaysInItsPackage = noClasses()
            .that(resideOutsideOfPackages("dev.staithe.controlplane.store.etcd.."))
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.etcd.."))
            .because("one package owns jetcd's faults and hides them");

    @ArchTest
    static final ArchRule dockerJavaStaysInItsPackage = noClasses()
            .that(resideOutsideOfPackages("dev.staithe.agent.container.docker.."))
            .should()
            .dependOnClassesThat(resideInAnyPackage("com.github.dockerjava.."))
            .because("everything else speaks to ContainerRuntime, which has a fake");

    @ArchTest
    static final ArchRule grpcStaysAtTheEdges = noClasses()
            .that(resideOutsideOfPackages(
                    "dev.staithe.proto..",
                    "dev.staithe.controlplane.api..",
                    "dev.staithe.agent.session.grpc..",
                    "dev.staithe.cli.."))
            .should()
            .dependOnClassesThat(describe(
                    "stubs of services",
                    type -> type.getPackageName().startsWith("dev.staithe.proto")
                            && outermost(type).endsWith("Grpc")))
            .because("the protocol is spoken at the edges alone; inside there are records and ports");

    @ArchTest
    static final ArchRule fewWriteToTheStore = noClasses()
            .that(resideOutsideOfPackages(
                    "dev.staithe.controlplane.store..",
                    "dev.staithe.controlplane.commit..",
                    "dev.staithe.controlplane.intent..",
                    "dev.staithe.controlplane.leader.."))
            .should()
            .callMethodWhere(describe("Store.commit is called", ArchitectureTest::commits))
            .because("every field has one writer: commit for run keys, intent for intent keys, leader for its own key");

    @ArchTest
    static final ArchRule theAgentDoesNotKnowTheControlPlane = noClasses()
            .that(resideInAnyPackage("dev.staithe.agent.."))
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.staithe.controlplane..", "dev.staithe.cli.."))
            .because("they meet in the protocol: releases N and N-1 talk to each other");

    @ArchTest
    static final ArchRule theControlPlaneDoesNotKnowTheAgent = noClasses()
            .that(resideInAnyPackage("dev.staithe.controlplane.."))
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.staithe.agent..", "dev.staithe.cli.."))
            .because("they meet in the protocol: releases N and N-1 talk to each other");

    @ArchTest
    static final ArchRule theCommandLineKnowsNeither = noClasses()
            .that(resideInAnyPackage("dev.staithe.cli.."))
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.staithe.agent..", "dev.staithe.controlplane.."))
            .because("what a user can do, any other client of the API can do too");

    @ArchTest
    static final ArchRule runtimeKnowsNobody = noClasses()
            .that(resideInAnyPackage("dev.staithe.runtime.."))
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "dev.staithe.agent..", "dev.staithe.controlplane..", "dev.staithe.cli..", "dev.staithe.proto.."))
            .because("it is what every daemon stands on");

    @ArchTest
    static final ArchRule controlPlaneHasNoPackageCycles = slices().matching("dev.staithe.controlplane.(**)")
            .should()
            .beFreeOfCycles()
            .because("a cycle of packages is one package that nobody can read");

    @ArchTest
    static final ArchRule agentHasNoPackageCycles = slices().matching("dev.staithe.agent.(**)")
            .should()
            .beFreeOfCycles()
            .because("a cycle of packages is one package that nobody can read");

    @ArchTest
    static final ArchRule commandLineHasNoPackageCycles = slices().matching("dev.staithe.cli.(**)")
            .should()
            .beFreeOfCycles()
            .because("a cycle of packages is one package that nobody can read");

    @ArchTest
    static final ArchRule everyPackageSaysWhereToStart = classes()
            .that(describe("of ours", type -> true))
            .should(PackageInfo.existAndBeNullMarked())
            .because("a reader should know in a minute what a package is for, and NullAway only checks what is marked");

    @ArchTest
    static void switchesOverSealedTypesHaveNoDefault(com.tngtech.archunit.core.domain.JavaClasses classes) {
        SealedSwitches.check(classes);
    }

    private static String outermost(JavaClass type) {
        String name = type.getName();
        int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }

    private static boolean makesUnordered(JavaAccess<?> call) {
        AccessTarget target = call.getTarget();
        String owner = target.getOwner().getName();
        String name = target.getName();
        return switch (owner) {
            case "java.util.Set", "java.util.Map" ->
                Set.of("of", "ofEntries", "copyOf").contains(name) && takesAny(call);
            case "java.util.HashMap", "java.util.HashSet" -> name.equals("<init>");
            case "java.util.stream.Collectors" ->
                Set.of("toSet", "toUnmodifiableSet", "toUnmodifiableMap").contains(name)
                        || (name.equals("groupingBy") && parameters(call) < 3)
                        || (name.equals("toMap") && parameters(call) < 4);
            default -> false;
        };
    }

    /** The empty ones have no order to get wrong. */
    private static boolean takesAny(JavaAccess<?> call) {
        return parameters(call) > 0;
    }

    private static int parameters(JavaAccess<?> call) {
        return call.getTarget() instanceof AccessTarget.CodeUnitCallTarget target
                ? target.getRawParameterTypes().size()
                : 0;
    }

    private static boolean callsSystem(JavaAccess<?> call) {
        String owner = call.getTarget().getOwner().getName();
        return SYSTEM_TYPES.contains(owner)
                || SYSTEM_CALLS
                        .getOrDefault(owner, Set.of())
                        .contains(call.getTarget().getName())
                || call.getTarget().getName().equals("parallelStream");
    }

    private static boolean commits(JavaAccess<?> call) {
        return call.getTarget().getName().equals("commit")
                && List.of(Store.class.getName())
                        .contains(call.getTarget().getOwner().getName());
    }

    /** The fixtures that modules share with the tests here. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(com.tngtech.archunit.core.importer.Location location) {
            return !location.contains("-tests.jar");
        }
    }

    /** What the protocol compiler wrote follows its own rules. */
    static final class NotGenerated implements ImportOption {
        @Override
        public boolean includes(com.tngtech.archunit.core.importer.Location location) {
            return !location.contains("/dev/staithe/proto/");
        }
    }
}
