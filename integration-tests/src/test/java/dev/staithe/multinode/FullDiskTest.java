package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.cli.client.ApiError;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A store on a file system of one MiB that somebody fills. */
final class FullDiskTest {
    @RegisterExtension
    final Site site = new Site();

    private final String address = Site.freeAddress();
    private final List<String> acknowledged = new ArrayList<>();

    @Test
    void aFullDiskRefusesChangesAndLosesNoneAndNeedsNoRestartOnceThereIsSpace() throws Exception {
        Path store = Files.createDirectory(site.directory().resolve("store"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=1m", "staithe-test", store.toString());
        site.closing(() -> Shell.run("umount", "--lazy", store.toString()));
        Api api = site.api(address);
        Daemon controlPlane = site.controlPlane("control", address, site.localStore());
        acknowledged.add(api.register(definition("first")));

        Path filler = Shell.fill(store);
        Optional<ApiError> refusal = Optional.empty();
        while (refusal.isEmpty()) {
            // What has its place in the store's files already may still be written.
            refusal = registerOneMore(api);
        }
        assertThat(refusal.orElseThrow().reason()).isEqualTo("STORE_FULL");
        assertKept(api);

        Files.delete(filler);
        acknowledged.add(api.register(definition("afterwards")));
        assertKept(api);
        controlPlane.kill9();
        controlPlane.startAgain();
        assertKept(api);
    }

    /** Registers one more, or answers why not. */
    private Optional<ApiError> registerOneMore(Api api) {
        TaskDefinition definition = definition("meanwhile");
        StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class, () -> {
            TaskDefinition made = api.once(
                            address,
                            TaskDefinitionsGrpc::newBlockingStub,
                            definitions -> definitions.register(RegisterTaskDefinitionRequest.newBuilder()
                                    .setTaskDefinition(definition)
                                    .build()))
                    .getTaskDefinition();
            acknowledged.add(made.getFamily() + ":" + made.getRevision());
        });
        return Optional.ofNullable(refusal).map(ApiError::of);
    }

    private void assertKept(Api api) {
        assertThat(acknowledged).doesNotHaveDuplicates();
        acknowledged.forEach(
                name -> assertThat(api.definition(name).getStatus()).as(name).isEqualTo("ACTIVE"));
    }

    private TaskDefinition definition(String family) {
        return site.definition(family, "staithe-test/never-run:1", "x".repeat(10_000))
                .build();
    }
}
