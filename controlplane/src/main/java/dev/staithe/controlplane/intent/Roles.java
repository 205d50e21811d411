package dev.staithe.controlplane.intent;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.secrets.NamedSecrets;
import dev.staithe.controlplane.secrets.RoleName;
import dev.staithe.controlplane.secrets.SecretKeys;
import dev.staithe.controlplane.secrets.SecretPlace;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.proto.store.v1.RoleKeys;
import dev.staithe.proto.v1.DeleteRoleRequest;
import dev.staithe.proto.v1.SetRoleRequest;
import dev.staithe.runtime.Environment;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes roles; the secret parts of their credentials encrypted. A role may name a command of the control planes' configuration,
 * never bring one.
 *
 * <p>Blocks: called by API threads. Keeps no state but the keys.
 */
public final class Roles {
    private static final Logger LOG = LoggerFactory.getLogger(Roles.class);
    private static final int LONGEST_ID = 128;
    private static final int LONGEST_KEY = 1024;
    private static final int LONGEST_TOKEN = 16 * 1024;

    private final Store store;
    private final Environment environment;
    private final SecretKeys keys;
    private final SortedSet<String> commands;
    private final Writes writes;

    /**
     * Writes into the store.
     *
     * @param commands those of the configuration, by name
     */
    public Roles(Store store, Environment environment, SecretKeys keys, SortedSet<String> commands) {
        this.store = store;
        this.environment = environment;
        this.keys = keys;
        this.commands = Collections.unmodifiableSortedSet(new TreeSet<>(commands));
        writes = new Writes(store);
    }

    /** Says where the role's credentials come from, creating it where it is missing. */
    public Written<Role> set(SetRoleRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        String cluster = named(request.getCluster(), request.getName(), problems);
        boolean made = !request.getCommand().isEmpty();
        if (made) {
            checkMade(request, problems);
        } else {
            checkFixed(request, problems);
        }
        problems.throwIfAny();
        if (!made) {
            Secrets.checkKeys(keys, state);
        }

        String name = request.getName();
        String key = Keys.role(cluster, name);
        long now = environment.time().now().toEpochMilli();
        Written<Role> written = writes.apply("role " + name, () -> {
            Entry home = store.get(Keys.cluster(cluster)).orElseThrow(() -> Clusters.notFound(cluster));
            Optional<Entry> entry = store.get(key);
            long version = 1;
            long created = now;
            if (entry.isPresent()) {
                Role before = Records.role(entry.get().value());
                version = before.version() + 1;
                created = before.createdAtMillis();
            }
            SecretPlace place = new SecretPlace("role", cluster, name, version, created);
            Role role = new Role(cluster, name, version, created, now, credentials(request, place));
            return Secrets.change(role, key, entry, home, Records.bytes(role));
        });
        LOG.atInfo()
                .addKeyValue("cluster", cluster)
                .addKeyValue("role", name)
                .addKeyValue("version", written.value().version())
                .addKeyValue("rev", written.revision())
                .log("role set");
        return written;
    }

    private Role.Credentials credentials(SetRoleRequest request, SecretPlace place) {
        if (!request.getCommand().isEmpty()) {
            return new Role.Credentials.Made(request.getCommand());
        }
        ByteString plain = RoleKeys.newBuilder()
                .setSecretAccessKey(request.getSecretAccessKey().toStringUtf8())
                .setSessionToken(request.getSessionToken().toStringUtf8())
                .build()
                .toByteString();
        return new Role.Credentials.Fixed(request.getAccessKeyId(), keys.seal(place, plain, environment.randomness()));
    }

    private void checkMade(SetRoleRequest request, Problems problems) {
        if (!commands.contains(request.getCommand())) {
            problems.invalid(
                    "command",
                    request.getCommand(),
                    commands.isEmpty()
                            ? "one of roleCommands in this control plane's configuration, which has none"
                            : "one of roleCommands in this control plane's configuration: "
                                    + String.join(", ", commands));
        }
        if (!request.getAccessKeyId().isEmpty()) {
            problems.say("accessKeyId", "given beside a command (expected: one of the two)");
        }
        if (!request.getSecretAccessKey().isEmpty()
                || !request.getSessionToken().isEmpty()) {
            problems.say("secretAccessKey", "given beside a command (expected: one of the two)");
        }
    }

    private static void checkFixed(SetRoleRequest request, Problems problems) {
        if (!printable(ByteString.copyFromUtf8(request.getAccessKeyId()), 1, LONGEST_ID)) {
            problems.invalid(
                    "accessKeyId",
                    request.getAccessKeyId(),
                    "1-" + LONGEST_ID + " printable characters, or a command instead");
        }
        if (!printable(request.getSecretAccessKey(), 1, LONGEST_KEY)) {
            problems.say(
                    "secretAccessKey",
                    request.getSecretAccessKey().size() + " bytes, not shown (expected: 1-" + LONGEST_KEY
                            + " printable characters)");
        }
        if (!printable(request.getSessionToken(), 0, LONGEST_TOKEN)) {
            problems.say(
                    "sessionToken",
                    request.getSessionToken().size() + " bytes, not shown (expected: at most " + LONGEST_TOKEN
                            + " printable characters)");
        }
    }

    private static boolean printable(ByteString text, int least, int most) {
        for (int i = 0; i < text.size(); i++) {
            if (text.byteAt(i) < 33 || text.byteAt(i) > 126) {
                return false;
            }
        }
        return text.size() >= least && text.size() <= most;
    }

    /** Deletes the role, unless something needs it. */
    public Written<Role> delete(DeleteRoleRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        String cluster = named(request.getCluster(), request.getName(), problems);
        problems.throwIfAny();

        String name = request.getName();
        String key = Keys.role(cluster, name);
        List<String> users = Users.of(
                state,
                cluster,
                (definition, overrides) -> NamedSecrets.role(definition, overrides)
                        .filter(name::equals)
                        .isPresent());
        Written<Role> written = writes.apply("role " + name, () -> {
            if (store.get(Keys.cluster(cluster)).isEmpty()) {
                throw Clusters.notFound(cluster);
            }
            Entry entry = store.get(key)
                    .orElseThrow(() -> IntentException.of(
                            Reason.ROLE_NOT_FOUND,
                            "Role not found: " + name + " in cluster " + cluster
                                    + " (staithe role list shows those there are)"));
            if (!request.getForce() && !users.isEmpty()) {
                throw IntentException.of(
                        Reason.ROLE_IN_USE,
                        "role " + name + " is needed by " + Users.shown(users)
                                + " (delete it with force to do so all the same: they get no credentials then)");
            }
            return new Proposal.Change<>(
                    Records.role(entry.value()),
                    key,
                    List.of(new Guard.Unchanged(key, entry.revision())),
                    List.of(new Mutation.Delete(key)));
        });
        LOG.atInfo()
                .addKeyValue("cluster", cluster)
                .addKeyValue("role", name)
                .addKeyValue("rev", written.revision())
                .log("role deleted");
        return written;
    }

    private static String named(String clusterName, String name, Problems problems) {
        String cluster = Clusters.named(clusterName);
        Names.check(problems, "cluster", cluster);
        if (!RoleName.valid(name)) {
            problems.invalid("name", name, RoleName.EXPECTED_NAME);
        }
        return cluster;
    }
}
