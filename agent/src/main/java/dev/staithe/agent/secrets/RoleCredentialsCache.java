package dev.staithe.agent.secrets;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.proto.agent.v1.CredentialsFetch;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the credentials of tasks' roles in memory: asked for when somebody first wants them, and again before they expire.
 *
 * <p>Those that do not end are asked for again after a while, in case they were changed. As long as a new set cannot be had, the
 * old one is given out while it is good. Counts with this host's monotonic clock: no comparison of two machines' clocks decides
 * anything. Confined to the loop; soft.
 */
public final class RoleCredentialsCache implements RoleCredentialsSource {
    private static final Logger LOG = LoggerFactory.getLogger(RoleCredentialsCache.class);

    /** A command of the control plane's may take half a minute to make them. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final Duration LONGEST_MARGIN = Duration.ofMinutes(5);
    private static final Duration ENDLESS = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final double JITTER = 0.05;

    private final Environment environment;
    private final EventLoop loop;
    private final Questions questions;
    private final TreeMap<String, Entry> entries = new TreeMap<>();

    public RoleCredentialsCache(Environment environment, EventLoop loop, Questions questions) {
        this.environment = environment;
        this.loop = loop;
        this.questions = questions;
    }

    @Override
    public void credentials(String taskId, Consumer<Outcome<RoleCredentials>> then) {
        loop.assertInLoop();
        Entry entry = entries.computeIfAbsent(taskId, Entry::new);
        RoleCredentials held = entry.good();
        if (held != null && !entry.due()) {
            entry.used = true;
            then.accept(new Outcome.Done<>(held));
            return;
        }
        entry.waiting.add(then);
        entry.ask();
    }

    /** The task is over: nobody asks any more. */
    public void forget(String taskId) {
        Entry entry = entries.remove(taskId);
        if (entry != null) {
            entry.drop();
        }
    }

    /** The credentials of one task. */
    private final class Entry {
        private final String taskId;
        private final List<Consumer<Outcome<RoleCredentials>>> waiting = new ArrayList<>();
        private @Nullable RoleCredentials held;
        private long dueAt;
        private OptionalLong endsAt = OptionalLong.empty();
        private boolean used;
        private boolean asking;
        private boolean dropped;
        private EventLoop.@Nullable Timer timer;

        Entry(String taskId) {
            this.taskId = taskId;
        }

        /** What is held, while it is good. */
        @Nullable
        RoleCredentials good() {
            boolean ended = endsAt.isPresent() && endsAt.getAsLong() - now() <= 0;
            return ended ? null : held;
        }

        boolean due() {
            return dueAt - now() <= 0;
        }

        void ask() {
            if (asking || dropped) {
                return;
            }
            asking = true;
            used = false;
            Fetch question = Fetch.newBuilder()
                    .setTaskId(taskId)
                    .setCredentials(CredentialsFetch.getDefaultInstance())
                    .build();
            questions.ask(question, PATIENCE, outcome -> {
                asking = false;
                if (dropped) {
                    return;
                }
                switch (outcome) {
                    case Outcome.Done<Fetched> answer -> take(answer.value().getCredentials());
                    case Outcome.Failed<Fetched> failed -> keep(failed.cause());
                }
            });
        }

        private void take(dev.staithe.proto.agent.v1.RoleCredentials fresh) {
            boolean ends = fresh.getExpiresAtMs() != 0;
            RoleCredentials credentials = new RoleCredentials(
                    fresh.getRole(),
                    fresh.getAccessKeyId(),
                    fresh.getSecretAccessKey(),
                    fresh.getSessionToken(),
                    ends ? OptionalLong.of(fresh.getExpiresAtMs()) : OptionalLong.empty());
            held = credentials;
            Duration good = Duration.ofMillis(Math.max(0, fresh.getValidForMs()));
            endsAt = ends ? OptionalLong.of(now() + good.toNanos()) : OptionalLong.empty();
            refreshAfter(ends ? good.minus(margin(good)) : ENDLESS);
            answer(new Outcome.Done<>(credentials));
        }

        /** No new ones: the old ones will do while they are good. */
        private void keep(Exception cause) {
            RoleCredentials old = good();
            if (old == null) {
                held = null;
                LOG.atWarn().addKeyValue("task", taskId).log("credentials of the task's role: {}", reason(cause));
                answer(new Outcome.Failed<>(cause));
                return;
            }
            LOG.atWarn()
                    .addKeyValue("task", taskId)
                    .log("credentials of the task's role are not renewed yet: {}", reason(cause));
            refreshAfter(RETRY);
            // Somebody used them before the try that failed.
            used = true;
            answer(new Outcome.Done<>(old));
        }

        private void refreshAfter(Duration delay) {
            // Never later than that.
            Duration jittered =
                    environment.randomness().jitter(delay.multipliedBy(19).dividedBy(20), JITTER);
            dueAt = now() + jittered.toNanos();
            if (timer != null) {
                timer.cancel();
            }
            timer = loop.after(jittered, () -> {
                timer = null;
                // Whom nobody has asked for since the last time waits until somebody does.
                if (used) {
                    ask();
                }
            });
        }

        private void answer(Outcome<RoleCredentials> outcome) {
            List<Consumer<Outcome<RoleCredentials>>> told = List.copyOf(waiting);
            waiting.clear();
            used |= !told.isEmpty();
            told.forEach(each -> each.accept(outcome));
        }

        void drop() {
            dropped = true;
            if (timer != null) {
                timer.cancel();
            }
            held = null;
            answer(new Outcome.Failed<>(
                    new ContainerFault(Kind.ResourceInitializationError, "task " + taskId + " is over", false)));
        }

        private long now() {
            return environment.time().nanos();
        }
    }

    /** How long before their end they are made new: five minutes, or a quarter of a shorter life. */
    private static Duration margin(Duration good) {
        Duration quarter = good.dividedBy(4);
        return quarter.compareTo(LONGEST_MARGIN) < 0 ? quarter : LONGEST_MARGIN;
    }

    private static String reason(Exception cause) {
        return cause instanceof ContainerFault fault ? fault.reason() : String.valueOf(cause.getMessage());
    }
}
