package dev.staithe.controlplane.secrets;

import dev.staithe.controlplane.model.Role;
import dev.staithe.proto.agent.v1.RoleCredentials;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has credentials made by commands on this host. Only those that the operator lists in the configuration are ever run, as the
 * user of the control plane; a role says which, and the command finds its own name and the cluster's in its environment.
 *
 * <p>What a command made is kept in memory for half of its life, so that a hundred tasks of a role do not run it a hundred times,
 * and whoever asks again before the end of theirs gets newer ones. Confined to the control loop; soft.
 */
public final class RoleCommands {
    private static final Logger LOG = LoggerFactory.getLogger(RoleCommands.class);

    /** How long those without an end are kept. */
    private static final Duration ENDLESS = Duration.ofMinutes(1);

    private final EventLoop loop;
    private final Environment environment;
    private final SortedMap<String, List<String>> commands;
    private final TreeMap<String, Entry> entries = new TreeMap<>();

    /**
     * Knows the commands, and runs none.
     *
     * @param commands program and arguments, by name
     */
    public RoleCommands(EventLoop loop, Environment environment, Map<String, List<String>> commands) {
        this.loop = loop;
        this.environment = environment;
        TreeMap<String, List<String>> copied = new TreeMap<>();
        commands.forEach((name, words) -> copied.put(name, List.copyOf(words)));
        this.commands = Collections.unmodifiableSortedMap(copied);
    }

    /** What may be run. */
    public SortedSet<String> names() {
        return new TreeSet<>(commands.keySet());
    }

    /** What a command made, and for how long it is given out. */
    private static final class Entry {
        private final List<Consumer<Outcome<RoleCredentials>>> waiting = new ArrayList<>();
        private @Nullable RoleCredentials held;
        private long until;
        private boolean running;
    }

    /** The role's credentials, on the loop: those at hand, or the command's next ones. */
    void credentials(Role role, String command, Consumer<Outcome<RoleCredentials>> then) {
        loop.assertInLoop();
        List<String> words = commands.get(command);
        if (words == null) {
            then.accept(new Outcome.Failed<>(new IllegalStateException("role " + role.name() + ": its command "
                    + command + " is not among the roleCommands of this control plane's configuration")));
            return;
        }
        dropOld();
        Entry entry = entries.computeIfAbsent(key(role), key -> new Entry());
        RoleCredentials held = entry.held;
        if (held != null && entry.until - environment.time().nanos() > 0) {
            then.accept(new Outcome.Done<>(asOfNow(held)));
            return;
        }
        entry.waiting.add(then);
        if (!entry.running) {
            entry.running = true;
            CredentialProcess process = new CredentialProcess(
                    command, words, Map.of("STAITHE_ROLE", role.name(), "STAITHE_CLUSTER", role.cluster()));
            EventLoop.Timer deadline = loop.after(CredentialProcess.DEADLINE, process::expire);
            environment.effects().run(loop, process::run, outcome -> {
                deadline.cancel();
                ended(role, entry, outcome);
            });
        }
    }

    private void ended(Role role, Entry entry, Outcome<CredentialProcess.Made> outcome) {
        entry.running = false;
        Outcome<RoleCredentials> answer = switch (outcome) {
            case Outcome.Done<CredentialProcess.Made> done -> taken(role, entry, done.value());
            case Outcome.Failed<CredentialProcess.Made> failed -> new Outcome.Failed<>(failed.cause());
        };
        if (answer instanceof Outcome.Failed<RoleCredentials> failed) {
            LOG.atWarn()
                    .addKeyValue("role", role.name())
                    .log("no credentials: {}", failed.cause().getMessage());
        }
        List<Consumer<Outcome<RoleCredentials>>> told = List.copyOf(entry.waiting);
        entry.waiting.clear();
        told.forEach(each -> each.accept(answer));
    }

    private Outcome<RoleCredentials> taken(Role role, Entry entry, CredentialProcess.Made made) {
        RoleCredentials.Builder credentials = RoleCredentials.newBuilder()
                .setRole(role.name())
                .setAccessKeyId(made.accessKeyId())
                .setSecretAccessKey(made.secretAccessKey())
                .setSessionToken(made.sessionToken());
        Duration kept = ENDLESS;
        Optional<Instant> end = Optional.ofNullable(made.expiration());
        if (end.isPresent()) {
            Duration good = Duration.between(environment.time().now(), end.get());
            if (!good.isPositive()) {
                return new Outcome.Failed<>(new IllegalStateException(
                        "role " + role.name() + ": the credentials that its command made have expired already"));
            }
            credentials.setExpiresAtMs(end.get().toEpochMilli());
            kept = good.dividedBy(2);
        }
        RoleCredentials fresh = credentials.build();
        entry.held = fresh;
        entry.until = environment.time().nanos() + kept.toNanos();
        return new Outcome.Done<>(asOfNow(fresh));
    }

    /** How long they are good for is counted when they are handed out. */
    private RoleCredentials asOfNow(RoleCredentials credentials) {
        if (credentials.getExpiresAtMs() == 0) {
            return credentials;
        }
        long left = credentials.getExpiresAtMs() - environment.time().now().toEpochMilli();
        return credentials.toBuilder().setValidForMs(Math.max(1, left)).build();
    }

    private void dropOld() {
        long now = environment.time().nanos();
        entries.values().removeIf(entry -> !entry.running && entry.until - now <= 0);
    }

    /** A role that is changed has its credentials made anew. */
    private static String key(Role role) {
        return role.cluster() + "/" + role.name() + "/" + role.version() + "/" + role.createdAtMillis();
    }
}
