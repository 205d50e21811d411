package dev.staithe.controlplane.secrets;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.dispatch.Disclosure;
import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.model.Secret;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.proto.agent.v1.RoleCredentials;
import dev.staithe.proto.store.v1.RoleKeys;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells agents what their tasks may know: the secrets that a task's definition names, and the credentials of its role, of a task
 * that is assigned to the host that asks and has not stopped. Everything else is refused.
 *
 * <p>On the control loop; values are decrypted off it, for the answer alone. What is handed out is logged by name.
 */
public final class Disclosures implements Disclosure {
    private static final Logger LOG = LoggerFactory.getLogger(Disclosures.class);

    /** Half of what an agent's wire takes at once. */
    private static final int MOST_BYTES = 2 << 20;

    private final EventLoop loop;
    private final Environment environment;
    private final Supplier<ClusterState> state;
    private final SecretKeys keys;
    private final RoleCommands commands;

    public Disclosures(
            EventLoop loop,
            Environment environment,
            Supplier<ClusterState> state,
            SecretKeys keys,
            RoleCommands commands) {
        this.loop = loop;
        this.environment = environment;
        this.state = state;
        this.keys = keys;
        this.commands = commands;
    }

    @Override
    public void fetch(String instanceId, Fetch question, Consumer<Fetched> answer) {
        ClusterState now = state.get();
        Optional<Task> assigned =
                now.task(question.getTaskId()).filter(task -> task.instanceId().equals(instanceId) && !task.stopped());
        if (assigned.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("instance", instanceId)
                    .addKeyValue("task", question.getTaskId())
                    .log("the agent asks for a task that is not its own; nothing is handed out");
            answer.accept(refusal("task " + question.getTaskId() + ": not assigned to this container instance"));
            return;
        }
        Task task = assigned.get();
        TaskDefinition definition = now.taskDefinition(task.taskDefinition())
                .orElseThrow(() -> new IllegalStateException("task " + task.id() + " without its definition"))
                .spec();
        switch (question.getKindCase()) {
            case SECRETS -> secrets(now, task, definition, question.getSecrets().getNamesList(), answer);
            case CREDENTIALS -> credentials(now, task, definition, answer);
            case KIND_NOT_SET -> answer.accept(refusal("this control plane does not know what is asked for"));
        }
    }

    /** A secret that was asked for under a name, and which part of it. */
    private record Wanted(String asked, SecretReference reference, Secret secret) {}

    private void secrets(
            ClusterState now, Task task, TaskDefinition definition, List<String> asked, Consumer<Fetched> answer) {
        var allowed = NamedSecrets.references(definition, task.overrides());
        List<Wanted> wanted = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(asked)) {
            Optional<SecretReference> reference = SecretReference.parse(name);
            if (!allowed.contains(name) || reference.isEmpty()) {
                problems.add("secret " + name + ": not named by the task's definition");
                continue;
            }
            Optional<Secret> secret = now.secret(task.cluster(), reference.get().name());
            if (secret.isPresent()) {
                wanted.add(new Wanted(name, reference.get(), secret.get()));
            } else {
                problems.add("secret " + reference.get().name() + ": not found in cluster " + task.cluster()
                        + " (create it: staithe secret set " + reference.get().name() + ")");
            }
        }
        if (!problems.isEmpty()) {
            answer.accept(refusal(String.join("; ", problems)));
            return;
        }
        environment.effects().run(loop, () -> opened(wanted), outcome -> {
            switch (outcome) {
                case Outcome.Done<Fetched> done -> {
                    LOG.atInfo()
                            .addKeyValue("task", task.id())
                            .addKeyValue("instance", task.instanceId())
                            .addKeyValue("secrets", asked)
                            .addKeyValue("refused", !done.value().getError().isEmpty())
                            .log("secrets asked for");
                    answer.accept(done.value());
                }
                case Outcome.Failed<Fetched> failed -> {
                    environment.faults().unexpected("decrypting the secrets of task " + task.id(), failed.cause());
                    answer.accept(refusal("the control plane could not read its secrets"));
                }
            }
        });
    }

    private Fetched opened(List<Wanted> wanted) {
        Map<String, ByteString> values = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        long size = 0;
        for (Wanted each : wanted) {
            try {
                ByteString value =
                        keys.open(SecretPlace.of(each.secret()), each.secret().value());
                ByteString part = each.reference().of(value);
                size += part.size();
                values.put(each.asked(), part);
            } catch (UnreadableSecretException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (size > MOST_BYTES) {
            problems.add("the secrets of one container have " + size + " bytes (expected: at most " + MOST_BYTES + ")");
        }
        return problems.isEmpty()
                ? Fetched.newBuilder().putAllSecrets(values).build()
                : refusal(String.join("; ", problems));
    }

    private void credentials(ClusterState now, Task task, TaskDefinition definition, Consumer<Fetched> answer) {
        Optional<String> name = NamedSecrets.role(definition, task.overrides());
        if (name.isEmpty()) {
            answer.accept(refusal("the task has no role (taskRoleArn of its definition names one)"));
            return;
        }
        Optional<Role> found = now.role(task.cluster(), name.get());
        if (found.isEmpty()) {
            answer.accept(refusal("role " + name.get() + ": not found in cluster " + task.cluster()
                    + " (create it: staithe role set " + name.get() + ")"));
            return;
        }
        Role role = found.get();
        LOG.atInfo()
                .addKeyValue("task", task.id())
                .addKeyValue("instance", task.instanceId())
                .addKeyValue("role", role.name())
                .log("credentials asked for");
        switch (role.credentials()) {
            case Role.Credentials.Fixed fixed -> answer.accept(fixed(role, fixed));
            case Role.Credentials.Made made ->
                commands.credentials(role, made.command(), outcome -> {
                    switch (outcome) {
                        case Outcome.Done<RoleCredentials> done ->
                            answer.accept(Fetched.newBuilder()
                                    .setCredentials(done.value())
                                    .build());
                        case Outcome.Failed<RoleCredentials> failed ->
                            answer.accept(refusal(String.valueOf(failed.cause().getMessage())).toBuilder()
                                    .setRetriable(true)
                                    .build());
                    }
                });
        }
    }

    private Fetched fixed(Role role, Role.Credentials.Fixed fixed) {
        try {
            RoleKeys opened = RoleKeys.parseFrom(keys.open(SecretPlace.of(role), fixed.keys()));
            return Fetched.newBuilder()
                    .setCredentials(RoleCredentials.newBuilder()
                            .setRole(role.name())
                            .setAccessKeyId(fixed.accessKeyId())
                            .setSecretAccessKey(opened.getSecretAccessKey())
                            .setSessionToken(opened.getSessionToken()))
                    .build();
        } catch (UnreadableSecretException e) {
            return refusal(String.valueOf(e.getMessage()));
        } catch (InvalidProtocolBufferException e) {
            return refusal("role " + role.name() + ": its record is damaged (set it again)");
        }
    }

    private static Fetched refusal(String why) {
        return Fetched.newBuilder().setError(why).build();
    }
}
