package dev.staithe.agent.image;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.Images;
import dev.staithe.agent.container.Images.DiskUsage;
import dev.staithe.agent.container.Images.StoredImage;
import dev.staithe.agent.image.CleanupPlan.Removal;
import dev.staithe.agent.image.CleanupPlan.Situation;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes images that no task has needed for a while, one at a time: every interval, and sooner when the disk fills up.
 *
 * <p>INVARIANT: an image is removed only while {@link ImagePulls} keeps its names from being handed out, and only when no task
 * that is not over names it: from the order to run a task to the creation of its containers its image is safe. Confined to the
 * loop.
 */
public final class ImageCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(ImageCleaner.class);
    private static final Duration DISK_LOOK = Duration.ofMinutes(1);
    private static final double JITTER = 0.1;

    private final Environment environment;
    private final EventLoop loop;
    private final Images images;
    private final ImagePulls pulls;
    private final FetchedImages fetched;
    private final CleanupPlan.Policy policy;
    private final CleanupPlan plan;
    private final Duration interval;
    private final Supplier<SortedSet<String>> needed;
    private long lastLook;
    private @Nullable Cycle cycle;
    private EventLoop.@Nullable Timer timer;
    private boolean saidFull;
    private boolean closed;

    /**
     * Does nothing before {@link #start}.
     *
     * @param needed canonical names of the images of all tasks that are not over
     */
    public ImageCleaner(
            Environment environment,
            EventLoop loop,
            Images images,
            ImagePulls pulls,
            FetchedImages fetched,
            CleanupPlan.Policy policy,
            Duration interval,
            Supplier<SortedSet<String>> needed) {
        this.environment = environment;
        this.loop = loop;
        this.images = images;
        this.pulls = pulls;
        this.fetched = fetched;
        this.policy = policy;
        this.plan = new CleanupPlan(policy);
        this.interval = interval;
        this.needed = needed;
    }

    public void start() {
        lastLook = environment.time().nanos();
        later();
    }

    public void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    private record Look(List<StoredImage> stored, DiskUsage disk) {}

    /** One look and the removals that follow from it. */
    private static final class Cycle {
        private final List<StoredImage> stored;
        private DiskUsage disk;
        private int left;

        Cycle(Look look, int left) {
            this.stored = new ArrayList<>(look.stored());
            this.disk = look.disk();
            this.left = left;
        }

        void leave(Removal removal) {
            stored.removeIf(image -> image.id().equals(removal.id()));
        }
    }

    private void later() {
        Duration pause = interval.compareTo(DISK_LOOK) < 0 ? interval : DISK_LOOK;
        timer = loop.after(environment.randomness().jitter(pause, JITTER), this::tick);
    }

    private void tick() {
        if (closed) {
            return;
        }
        later();
        if (cycle != null) {
            return;
        }
        boolean due = environment.time().nanos() - lastLook >= interval.toNanos();
        if (due) {
            lastLook = environment.time().nanos();
            look(policy.perCycle());
        } else if (policy.pressurePercent() < 100) {
            environment.effects().run(loop, images::disk, outcome -> {
                if (outcome instanceof Outcome.Done<DiskUsage> disk && policy.pressed(disk.value())) {
                    look(0);
                }
            });
        }
    }

    /**
     * Looks at all images, and removes what may go.
     *
     * @param left how many of them for their age alone
     */
    private void look(int left) {
        environment.effects().run(loop, () -> new Look(images.list(), images.disk()), outcome -> {
            switch (outcome) {
                case Outcome.Done<Look> look -> looked(look.value(), left);
                case Outcome.Failed<Look> failed ->
                    LOG.atWarn()
                            .addKeyValue("cause", failed.cause().getMessage())
                            .log("images are not cleaned up now");
            }
        });
    }

    private void looked(Look look, int left) {
        if (closed || cycle != null) {
            return;
        }
        TreeSet<String> onHost = new TreeSet<>();
        TreeSet<String> inUse = new TreeSet<>();
        SortedSet<String> wanted = needed.get();
        for (StoredImage image : look.stored()) {
            onHost.add(image.id());
            if (image.used() || !Collections.disjoint(CleanupPlan.names(image), wanted)) {
                inUse.add(image.id());
            }
        }
        fetched.seen(onHost, inUse, environment.time().now().toEpochMilli());
        Cycle begun = new Cycle(look, left);
        cycle = begun;
        step(begun);
    }

    private void step(Cycle current) {
        Optional<Removal> removal = closed
                ? Optional.empty()
                : plan.next(new Situation(
                        current.stored,
                        fetched.all(),
                        needed.get(),
                        current.disk,
                        current.left,
                        environment.time().now()));
        if (removal.isEmpty()) {
            sayWhenStillPressed(current);
            cycle = null;
            return;
        }
        current.leave(removal.get());
        if (pulls.reserve(canonical(removal.get()))) {
            remove(current, removal.get());
        } else {
            step(current);
        }
    }

    private void remove(Cycle current, Removal removal) {
        environment
                .effects()
                .run(
                        loop,
                        () -> {
                            for (String name : removal.names()) {
                                images.remove(name);
                            }
                            return images.disk();
                        },
                        outcome -> removed(current, removal, outcome));
    }

    private void removed(Cycle current, Removal removal, Outcome<DiskUsage> outcome) {
        pulls.release(canonical(removal));
        switch (outcome) {
            case Outcome.Done<DiskUsage> disk -> {
                LOG.atInfo()
                        .addKeyValue("image", String.join(", ", removal.names()))
                        .addKeyValue("diskPercent", disk.value().percent())
                        .log("unused image removed");
                fetched.removed(removal.id());
                current.left--;
                current.disk = disk.value();
                step(current);
            }
            case Outcome.Failed<DiskUsage> failed -> {
                LOG.atInfo()
                        .addKeyValue("image", String.join(", ", removal.names()))
                        .addKeyValue("cause", failed.cause().getMessage())
                        .log("unused image stays for now");
                if (failed.cause() instanceof ContainerFault fault && fault.kind() == Kind.CannotRemoveImageError) {
                    step(current);
                } else {
                    cycle = null;
                }
            }
        }
    }

    private void sayWhenStillPressed(Cycle current) {
        boolean said = saidFull;
        saidFull = policy.pressed(current.disk);
        if (saidFull && !said) {
            LOG.atWarn()
                    .addKeyValue("diskPercent", current.disk.percent())
                    .log("the engine's disk is nearly full, and no image is left that may be removed");
        }
    }

    private static SortedSet<String> canonical(Removal removal) {
        return CleanupPlan.canonical(removal.names());
    }
}
