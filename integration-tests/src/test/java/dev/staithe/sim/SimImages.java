package dev.staithe.sim;

import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.container.fake.FakeImage;
import java.time.Duration;
import java.util.List;

/** The images of a simulation, and how containers of them behave. */
final class SimImages {
    /** Of those that serve until they are stopped. */
    static final List<String> GOOD = List.of("web:1", "web:2", "stubborn:1");

    /** Of those that never come to serve. */
    static final List<String> BAD = List.of("exits:1", "unstartable:1", "missing:1");

    private SimImages() {}

    /** Puts them into the registry that the host sees. */
    static void offer(FakeEngine engine, SimRandom random) {
        engine.offer("web:1", FakeImage.running());
        engine.offer("web:2", FakeImage.running());
        engine.offer("stubborn:1", FakeImage.running().ignoringSigterm());
        engine.offer("exits:1", FakeImage.running().exiting(random.between(Duration.ZERO, Duration.ofSeconds(2)), 1));
        engine.offer("unstartable:1", FakeImage.running().failingToStart("exec: no such file or directory"));
    }
}
