package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ImagePinsTest {
    private static final String FIRST = "sha256:" + "1".repeat(64);
    private static final String SECOND = "sha256:" + "2".repeat(64);

    private final World world = new World().hosts(3, 65536).image("web:1");

    private Task only() {
        assertThat(world.live()).hasSize(1);
        return world.live().getFirst();
    }

    @Test
    void aDeploymentHasOneTaskUntilItsImageIsKnown() {
        world.service(4, 100, 200).settle();
        Task first = only();

        world.pulled(first, SECOND);
        world.settle();

        assertThat(world.live()).hasSize(4);
        assertThat(world.deployment(1).images()).isEqualTo(Map.of("main", SECOND));
    }

    @Test
    void anImageWithoutADigestIsKnownToHaveNone() {
        world.service(4, 100, 200).settle();

        world.pulled(only(), "");
        world.settle();

        assertThat(world.live()).hasSize(4);
        assertThat(world.deployment(1).images()).isEqualTo(Map.of("main", ""));
    }

    @Test
    void theFirstTaskIsTriedAgainWhenItEndsBeforeItsImageIsThere() {
        world.service(4, 100, 200).settle();
        Task first = only();

        world.ends(first);
        world.settle();

        assertThat(only().id()).isNotEqualTo(first.id());
    }

    @Test
    void oldTasksStayWhileTheNewImageIsFoundOut() {
        world.service(4, 100, 200).settle();
        world.pulled(only(), FIRST);
        world.converge();

        world.update(world.register(256, 0, false));
        world.settle();

        assertThat(world.live(1)).hasSize(4);
        assertThat(world.live(2)).hasSize(1);
        world.pulled(world.live(2).getFirst(), SECOND);
        world.converge();
        assertThat(world.live(2)).hasSize(4);
        assertThat(world.live(1)).isEmpty();
    }

    @Test
    void oneOldTaskMakesRoomForTheFirstNewOneAndNoMore() {
        world.service(4, 50, 100).settle();
        world.pulled(only(), FIRST);
        world.converge();

        world.update(world.register(256, 0, false));
        world.settle();
        assertThat(world.live(1)).hasSize(3);
        world.tasks().stream().filter(t -> t.stopWanted() && !t.stopped()).forEach(world::ends);
        world.settle();

        assertThat(world.live(1)).hasSize(3);
        assertThat(world.live(2)).hasSize(1);
        world.pulled(world.live(2).getFirst(), SECOND);
        world.converge();
        assertThat(world.live(2)).hasSize(4);
    }

    @Test
    void aDeploymentThatIsSupersededBeforeItsImageIsKnownIsHeldToItAllTheSame() {
        world.service(2, 100, 200).settle();
        Task first = only();
        world.update(world.register(256, 0, false));
        world.settle();

        world.pulled(first, FIRST);
        world.settle();

        assertThat(world.deployment(1).images()).isEqualTo(Map.of("main", FIRST));
    }

    @Test
    void aForcedDeploymentFindsOutAnew() {
        world.service(2, 100, 200).settle();
        world.pulled(only(), FIRST);
        world.converge();

        world.update(world.service().taskDefinition());
        world.settle();

        assertThat(world.live(2)).hasSize(1);
        world.pulled(world.live(2).getFirst(), SECOND);
        world.settle();
        assertThat(world.deployment(2).images()).isEqualTo(Map.of("main", SECOND));
    }

    @Test
    void aRollbackRunsTheImagesOfWhatItBringsBack() {
        world.service(2, 100, 200).settle();
        world.pulled(only(), FIRST);
        world.converge();
        TaskDefinitionRef before = world.service().taskDefinition();
        world.update(world.register(256, 0, false));
        world.settle();
        world.pulled(world.live(2).getFirst(), SECOND);
        world.converge();

        world.rollBack(before, 1);
        world.settle();

        assertThat(world.deployment(3).images()).isEqualTo(Map.of("main", FIRST));
        assertThat(world.live(3)).hasSize(2);
    }
}
