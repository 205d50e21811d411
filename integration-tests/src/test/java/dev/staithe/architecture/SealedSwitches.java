package dev.staithe.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BindingPatternTree;
import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DeconstructionPatternTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sources of all modules for a switch over a sealed type that has a default: it would hide, for ever, that a new
 * case was not thought of. Bytecode no longer shows it, so the compiler's parser is asked.
 */
final class SealedSwitches {
    private static final List<String> MODULES = List.of("runtime", "controlplane", "agent", "cli");

    private SealedSwitches() {}

    static void check(JavaClasses classes) {
        Set<String> casesOfSealedTypes = new TreeSet<>();
        for (JavaClass type : classes) {
            boolean isCase =
                    type.getRawInterfaces().stream().anyMatch(i -> i.reflect().isSealed());
            if (isCase) {
                casesOfSealedTypes.add(type.getSimpleName());
            }
        }
        List<String> violations = new ArrayList<>();
        for (CompilationUnitTree unit : parse(sources())) {
            unit.accept(new Finder(unit, casesOfSealedTypes, violations), null);
        }

        assertThat(violations)
                .as("switches over a sealed type with a default, which would hide that a new case was not thought of")
                .isEmpty();
    }

    private static List<Path> sources() {
        List<Path> found = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                files.filter(f -> f.toString().endsWith(".java")).forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private static Iterable<? extends CompilationUnitTree> parse(List<Path> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            return task.parse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Finder extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final Set<String> casesOfSealedTypes;
        private final List<String> violations;

        Finder(CompilationUnitTree unit, Set<String> casesOfSealedTypes, List<String> violations) {
            this.unit = unit;
            this.casesOfSealedTypes = casesOfSealedTypes;
            this.violations = violations;
        }

        @Override
        public @Nullable Void visitSwitch(SwitchTree node, @Nullable Void nothing) {
            look(node.getCases());
            return super.visitSwitch(node, null);
        }

        @Override
        public @Nullable Void visitSwitchExpression(SwitchExpressionTree node, @Nullable Void nothing) {
            look(node.getCases());
            return super.visitSwitchExpression(node, null);
        }

        private void look(List<? extends CaseTree> cases) {
            boolean hasDefault = false;
            Optional<String> sealed = Optional.empty();
            for (CaseTree one : cases) {
                for (CaseLabelTree label : one.getLabels()) {
                    hasDefault |= label instanceof DefaultCaseLabelTree;
                    sealed = sealed.or(() -> caseOfSealedType(label));
                }
            }
            if (hasDefault && sealed.isPresent()) {
                violations.add(unit.getSourceFile().getName() + ": switch with case " + sealed.get() + " and default");
            }
        }

        private Optional<String> caseOfSealedType(CaseLabelTree label) {
            if (!(label instanceof PatternCaseLabelTree pattern)) {
                return Optional.empty();
            }
            Tree type = switch (pattern.getPattern()) {
                case BindingPatternTree binding -> binding.getVariable().getType();
                case DeconstructionPatternTree record -> record.getDeconstructor();
                default -> label;
            };
            String name = type.toString().replaceAll("<.*", "");
            String simple = name.substring(name.lastIndexOf('.') + 1);
            return casesOfSealedTypes.contains(simple) ? Optional.of(name) : Optional.empty();
        }
    }
}
