package dev.staithe.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** The condition that a class lives in a package that introduces itself. */
final class PackageInfo {
    private PackageInfo() {}

    static ArchCondition<JavaClass> existAndBeNullMarked() {
        return new ArchCondition<>("live in a package with a package-info that is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(
                        type, marked, type.getPackageName() + " has no package-info with @NullMarked"));
            }
        };
    }
}
