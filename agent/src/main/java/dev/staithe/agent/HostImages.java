package dev.staithe.agent;

import dev.staithe.agent.container.Images;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.image.CleanupPlan;
import dev.staithe.agent.image.FetchedImages;
import dev.staithe.agent.image.ImageCleaner;
import dev.staithe.agent.image.ImagePulls;
import dev.staithe.agent.image.RegistrySecrets;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.util.SortedSet;
import java.util.function.Supplier;

/** What sees to the images of the host, composed. */
final class HostImages {
    private final AgentConfig config;
    private final Environment environment;
    private final EventLoop loop;
    private final Images images;
    private final FetchedImages fetched;
    private final ImagePulls pulls;

    HostImages(
            AgentConfig config,
            Environment environment,
            EventLoop loop,
            Images images,
            Platform host,
            FetchedImages fetched,
            RegistrySecrets secrets) {
        this.config = config;
        this.environment = environment;
        this.loop = loop;
        this.images = images;
        this.fetched = fetched;
        this.pulls = new ImagePulls(
                environment,
                loop,
                images,
                fetched,
                secrets,
                host,
                config.imagePulls().atOnce());
    }

    ImagePulls pulls() {
        return pulls;
    }

    /**
     * The one that removes what nobody needs, not started.
     *
     * @param needed canonical names of the images of all tasks that are not over
     */
    ImageCleaner cleaner(Supplier<SortedSet<String>> needed) {
        ImageCleanup settled = config.imageCleanup();
        return new ImageCleaner(
                environment,
                loop,
                images,
                pulls,
                fetched,
                new CleanupPlan.Policy(
                        settled.minimumAge(), settled.perCycle(), settled.diskPressurePercent(), settled.exclude()),
                settled.interval(),
                needed);
    }
}
