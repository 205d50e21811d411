package dev.staithe.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What holds for the command line alone; what holds for all modules is tested in integration-tests. */
final class PurityTest {
    private static final JavaClasses CLI = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.staithe.cli");

    @Test
    void whatIsShownIsComputedFromValues() {
        classes()
                .that()
                .resideInAPackage("dev.staithe.cli.rollout")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.staithe.cli.rollout",
                        "dev.staithe.cli.render",
                        "dev.staithe.proto.v1",
                        "com.google.protobuf",
                        "org.jspecify.annotations",
                        "java.lang..",
                        "java.time",
                        "java.util..")
                .because("a report on a failure has to be the same for the same facts")
                .check(CLI);
    }
}
