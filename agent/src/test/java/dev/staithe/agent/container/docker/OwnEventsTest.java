package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnEventsTest {
    private final OwnEvents own = new OwnEvents();

    @Test
    void explainsEachEventOfACallOnce() {
        own.await("c", "die", "stop");

        assertThat(own.explains("c", "die")).isTrue();
        assertThat(own.explains("c", "die")).as("a second one").isFalse();
    }

    @Test
    void waitsForTheOtherEventsOfTheCall() {
        own.await("c", "die", "stop");
        assertThat(own.explains("c", "die")).isTrue();

        assertThat(own.explains("c", "stop")).isTrue();
    }

    @Test
    void explainsNothingOfOtherContainers() {
        own.await("c", "start");

        assertThat(own.explains("d", "start")).isFalse();
        assertThat(own.explains("c", "start")).isTrue();
    }

    @Test
    void awaitsNothingOnceSomethingElseHappened() {
        own.await("c", "start");

        assertThat(own.explains("c", "die")).isFalse();
        assertThat(own.explains("c", "start")).as("somebody started it again").isFalse();
    }

    @Test
    void awaitsNothingOfAContainerThatIsGone() {
        own.await("c", "die", "destroy");
        assertThat(own.explains("c", "destroy")).isTrue();

        assertThat(own.explains("c", "die")).isFalse();
    }

    @Test
    void awaitsNothingOfACallThatFailed() {
        own.await("c", "start");
        own.giveUp("c");

        assertThat(own.explains("c", "start")).isFalse();
    }

    @Test
    void awaitsNothingWhenTheStreamBeginsAnew() {
        own.await("c", "start");
        own.await("d", "destroy");
        own.giveUpAll();

        assertThat(own.explains("c", "start")).isFalse();
        assertThat(own.explains("d", "destroy")).isFalse();
    }
}
