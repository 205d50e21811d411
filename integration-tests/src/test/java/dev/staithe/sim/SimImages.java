package dev.staithe.sim;

import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.runtime.Ids;
import java.time.Duration;
import java.util.List;

/** The images of a simulation, and how containers of them behave. */
final class SimImages {
    /** Of those that serve until they are stopped. */
    static final List<String> GOOD = List.of("web:1", "web:2", "stubborn:1");

    /** Of those that never come to serve. */
    static final List<String> BAD = List.of("exits:1", "unstartable:1", "missing:1");

    private SimImages() {}

    /** From now on the tag stands for another image, which behaves as the one before. */
    static void move(FakeEngine engine, String tag, int edition) {
        engine.offer(tag, digest(tag, edition), FakeImage.running());
    }

    private static String digest(String tag, int edition) {
        return "sha256:" + Ids.derived(tag, Integer.toString(edition)) + Ids.derived(tag);
    }

    /** Puts them into the registry that the host sees. */
    static void offer(FakeEngine engine, SimRandom random) {
        engine.offer("web:1", FakeImage.running());
        engine.offer("web:2", FakeImage.running());
        engine.offer("stubborn:1", FakeImage.running().ignoringSigterm());
        engine.offer("exits:1", FakeImage.running().exiting(random.between(Duration.ZERO, Duration.ofSeconds(2)), 1));
        engine.offer("unstartable:1", FakeImage.running().failingToStart("exec: no such file or directory"));
    }
}
