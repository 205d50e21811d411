package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.HostVolumeProperties;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent that is killed at every moment at which it leaves a trace: what it did is found, and nothing is done twice. */
final class AgentBoundariesTest {
    private static final int MOST = 200;

    @RegisterExtension
    final Site site = new Site();

    private final String address = Site.freeAddress();

    @Test
    void whereverTheKillHitsTheTaskRunsOnceAndEndsOnce() throws IOException {
        Engine engine = site.engine();
        Api api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        Path starts = Files.createDirectory(site.directory().resolve("starts"));
        starts.toFile().setWritable(true, false);
        List<String> deaths = new ArrayList<>();

        int boundary = 0;
        boolean died;
        do {
            boundary++;
            Daemon agent = site.mortalAgent("host", boundary, List.of(address));
            Site.awaitAgent(api);
            String definition = api.register(counted(starts));
            String task = api.run(definition, "run-" + boundary).getTasks(0).getTaskId();
            awaitStatus(api, task, "RUNNING", agent);
            if (agent.alive()) {
                api.stop(task);
                awaitStatus(api, task, "STOPPED", agent);
            }
            died = !agent.alive();
            deaths.addAll(agent.log("dies "));
            if (died) {
                recover(api, task);
            } else {
                agent.kill9();
            }

            assertThat(Files.readAllLines(starts.resolve(task)))
                    .as(deaths.toString())
                    .hasSize(1);
            assertThat(engine.containers().stream().filter(c -> c.task().equals(task)))
                    .as(deaths.toString())
                    .hasSize(1)
                    .noneMatch(Engine.Seen::running);
            assertThat(api.task(task).getContainers(0).getExitCode()).isZero();
        } while (died && boundary < MOST);

        assertThat(deaths)
                .anyMatch(line -> line.endsWith("after create"))
                .anyMatch(line -> line.endsWith("after start"))
                .anyMatch(line -> line.endsWith("after stop"))
                .anyMatch(line -> line.endsWith("after write"))
                .anyMatch(line -> line.endsWith("after send"));
    }

    private void recover(Api api, String task) {
        Daemon next = site.agent("host", List.of(address));
        Site.await("the task is RUNNING, or has ended as it was to").until(() -> {
            String status = api.task(task).getLastStatus();
            return status.equals("RUNNING") || status.equals("STOPPED");
        });
        api.stop(task);
        Site.await("the task has ended")
                .until(() -> api.task(task).getLastStatus().equals("STOPPED"));
        next.kill9();
    }

    /** Waits until the task is there, or the agent is not. */
    private static void awaitStatus(Api api, String task, String status, Daemon agent) {
        Site.await("the task is " + status + ", or the agent is dead").until(() -> {
            Task now = api.task(task);
            return !agent.alive() || now.getLastStatus().equals(status);
        });
    }

    /** A task that adds a line to a file of its own each time it is started. */
    private TaskDefinition counted(Path starts) {
        TaskDefinition.Builder definition = site.definition(
                "counted",
                site.engine().image(),
                "echo started >> /starts/$STAITHE_TASK_ID; trap 'exit 0' TERM; sleep 3600 & wait");
        definition.addVolumes(Volume.newBuilder()
                .setName("starts")
                .setHost(HostVolumeProperties.newBuilder().setSourcePath(starts.toString())));
        definition
                .getContainerDefinitionsBuilder(0)
                .addMountPoints(
                        MountPoint.newBuilder().setSourceVolume("starts").setContainerPath("/starts"));
        return definition.build();
    }
}
