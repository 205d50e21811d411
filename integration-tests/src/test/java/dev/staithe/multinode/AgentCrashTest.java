package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent that is killed: its containers are not its children. */
final class AgentCrashTest {
    private static final Pattern INCARNATION = Pattern.compile("incarnation=(\\d+)");

    @RegisterExtension
    final Site site = new Site();

    @Test
    void containersOutliveTheAgentAndWhatEndedMeanwhileIsReportedOnceAndReplaced() {
        String address = Site.freeAddress();
        Engine engine = site.engine();
        Api api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        Daemon agent = site.agent("host", List.of(address));
        Site.awaitAgent(api);
        api.createService(
                "web", api.register(site.sleeper("web", engine.image()).build()), 3);
        Site.awaitSteady(api, "web", 3);

        agent.kill9();
        List<Engine.Seen> running = engine.containers();
        assertThat(running).hasSize(3).allMatch(Engine.Seen::running);
        Engine.Seen victim = running.getFirst();
        engine.kill(victim.id());
        agent.startAgain();

        Site.await("the exit is reported")
                .until(() -> api.task(victim.task()).getLastStatus().equals("STOPPED"));
        Site.awaitSteady(api, "web", 3);
        List<Engine.Seen> untouched = new ArrayList<>(running);
        untouched.remove(victim);
        assertThat(engine.running("web")).hasSize(3).containsAll(untouched);
        assertThat(engine.containers()).hasSize(4);
        assertThat(api.tasks("web", "STOPPED")).singleElement().satisfies(task -> assertEnded(task, victim));
        assertThat(incarnations(agent)).hasSize(2).isSorted().doesNotHaveDuplicates();
    }

    private static void assertEnded(Task task, Engine.Seen victim) {
        assertThat(task.getTaskId()).isEqualTo(victim.task());
        assertThat(task.getStopCode()).isEqualTo("EssentialContainerExited");
        assertThat(task.getContainers(0).getExitCode()).isEqualTo(137);
        assertThat(task.getContainers(0).getRuntimeId()).isEqualTo(victim.id());
    }

    private static List<Long> incarnations(Daemon agent) {
        List<Long> incarnations = new ArrayList<>();
        for (String line : agent.log("agent starts")) {
            Matcher matcher = INCARNATION.matcher(line);
            assertThat(matcher.find()).as(line).isTrue();
            incarnations.add(Long.valueOf(matcher.group(1)));
        }
        return incarnations;
    }
}
