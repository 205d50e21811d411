package dev.staithe.agent.host;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.reconcile.HostPolicy;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealPathsTest {
    @TempDir
    private Path directory;

    private Path secret = Path.of("/");
    private Path data = Path.of("/");
    private RealPaths paths = new RealPaths(HostPolicy.keeping(List.of()));

    @BeforeEach
    void prepare() throws IOException {
        directory = directory.toRealPath();
        secret = Files.createDirectory(directory.resolve("secret"));
        data = Files.createDirectory(directory.resolve("data"));
        paths = new RealPaths(HostPolicy.keeping(List.of(secret)));
    }

    @Test
    void letsPlainPathsThroughAndThoseThatAreNotThereYet() {
        assertThatCode(() -> paths.check(mounting(data))).doesNotThrowAnyException();
        assertThatCode(() -> paths.check(mounting(data.resolve("new/one")))).doesNotThrowAnyException();
    }

    @Test
    void refusesALinkToWhatTheHostKeeps() throws IOException {
        Files.createSymbolicLink(data.resolve("link"), secret);

        refused(data.resolve("link"), "leads to " + secret);
        refused(data.resolve("link/below"), "leads to " + secret.resolve("below"));
    }

    @Test
    void refusesALinkToWhatIsAboveIt() throws IOException {
        Files.createSymbolicLink(data.resolve("up"), Path.of(".."));

        refused(data.resolve("up"), "leads to " + directory);
    }

    @Test
    void refusesALinkToNothingThatWouldBeMadeThere() throws IOException {
        Files.createSymbolicLink(data.resolve("dangling"), Path.of("../secret/later"));

        refused(data.resolve("dangling"), "leads to " + secret.resolve("later"));
    }

    @Test
    void refusesAWayRoundInACircle() throws IOException {
        Files.createSymbolicLink(data.resolve("a"), data.resolve("b"));
        Files.createSymbolicLink(data.resolve("b"), data.resolve("a"));

        refused(data.resolve("a"), "cannot be followed to its end: too many links");
    }

    @Test
    void refusesADirectPathToWhatIsKeptUnderALink() throws IOException {
        Files.createSymbolicLink(directory.resolve("alias"), secret);
        paths = new RealPaths(HostPolicy.keeping(List.of(directory.resolve("alias"))));

        refused(secret, "leads to " + secret);
    }

    @Test
    void letsThroughWhatTheOperatorAllows() throws IOException {
        Files.createSymbolicLink(data.resolve("link"), secret.resolve("shared"));
        paths = new RealPaths(new HostPolicy(List.of(secret), List.of(secret.resolve("shared")), true, true));

        assertThatCode(() -> paths.check(mounting(data.resolve("link")))).doesNotThrowAnyException();
        refused(secret, "leads to " + secret);
    }

    private void refused(Path source, String why) {
        assertThatThrownBy(() -> paths.check(mounting(source)))
                .isInstanceOf(ContainerFault.class)
                .hasMessageStartingWith("volumes[0].host.sourcePath: " + source + " " + why);
    }

    private static TaskDefinition mounting(Path source) {
        TaskDefinition.Builder task = TaskDefinition.newBuilder();
        task.addVolumesBuilder().setName("v").getHostBuilder().setSourcePath(source.toString());
        return task.build();
    }
}
