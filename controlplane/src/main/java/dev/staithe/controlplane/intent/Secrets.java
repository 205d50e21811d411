package dev.staithe.controlplane.intent;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.model.Sealed;
import dev.staithe.controlplane.model.Secret;
import dev.staithe.controlplane.secrets.NamedSecrets;
import dev.staithe.controlplane.secrets.SecretKeys;
import dev.staithe.controlplane.secrets.SecretPlace;
import dev.staithe.controlplane.secrets.SecretReference;
import dev.staithe.controlplane.secrets.UnreadableSecretException;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.proto.v1.DeleteSecretRequest;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.runtime.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes secrets, encrypted. Values come in and never go out here: agents are told by {@code secrets.Disclosures}.
 *
 * <p>Blocks: called by API threads. Keeps no state but the keys.
 */
public final class Secrets {
    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);
    private static final int LARGEST = 64 * 1024;
    private static final String EXPECTED_NAME = "1-255 of A-Z a-z 0-9 _ . / -";

    private final Store store;
    private final Environment environment;
    private final SecretKeys keys;
    private final Writes writes;

    public Secrets(Store store, Environment environment, SecretKeys keys) {
        this.store = store;
        this.environment = environment;
        this.keys = keys;
        writes = new Writes(store);
    }

    /** Gives the secret a value, creating it where it is missing. */
    public Written<Secret> set(SetSecretRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        String cluster = named(request.getCluster(), request.getName(), problems);
        int size = request.getValue().size();
        if (size < 1 || size > LARGEST) {
            problems.say("value", size + " bytes (expected: 1-" + LARGEST + ")");
        }
        problems.throwIfAny();
        checkKeys(keys, state);

        String name = request.getName();
        String key = Keys.secret(cluster, name);
        long now = environment.time().now().toEpochMilli();
        Written<Secret> written = writes.apply("secret " + name, () -> {
            Entry home = store.get(Keys.cluster(cluster)).orElseThrow(() -> Clusters.notFound(cluster));
            Optional<Entry> entry = store.get(key);
            long version = 1;
            long created = now;
            if (entry.isPresent()) {
                Secret before = Records.secret(entry.get().value());
                version = before.version() + 1;
                created = before.createdAtMillis();
            }
            SecretPlace place = new SecretPlace("secret", cluster, name, version, created);
            Sealed sealed = keys.seal(place, request.getValue(), environment.randomness());
            Secret secret = new Secret(cluster, name, version, created, now, sealed);
            return change(secret, key, entry, home, Records.bytes(secret));
        });
        LOG.atInfo()
                .addKeyValue("cluster", cluster)
                .addKeyValue("secret", name)
                .addKeyValue("version", written.value().version())
                .addKeyValue("rev", written.revision())
                .log("secret set");
        return written;
    }

    /** A new record rewrites its cluster's, so that a deletion of the cluster meanwhile conflicts. */
    static <T> Proposal<T> change(T value, String key, Optional<Entry> before, Entry home, ByteString bytes) {
        return new Proposal.Change<>(
                value,
                key,
                List.of(
                        new Guard.Unchanged(home.key(), home.revision()),
                        before.isPresent()
                                ? new Guard.Unchanged(key, before.get().revision())
                                : new Guard.Absent(key)),
                List.of(new Mutation.Put(key, bytes), new Mutation.Put(home.key(), home.value())));
    }

    /** Deletes the secret, unless something needs it. Tasks that run keep what they have. */
    public Written<Secret> delete(DeleteSecretRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        String cluster = named(request.getCluster(), request.getName(), problems);
        problems.throwIfAny();

        String name = request.getName();
        String key = Keys.secret(cluster, name);
        List<String> users =
                Users.of(state, cluster, (definition, overrides) -> NamedSecrets.names(definition, overrides, name));
        Written<Secret> written = writes.apply("secret " + name, () -> {
            if (store.get(Keys.cluster(cluster)).isEmpty()) {
                throw Clusters.notFound(cluster);
            }
            Entry entry = store.get(key).orElseThrow(() -> notFound(cluster, name));
            if (!request.getForce() && !users.isEmpty()) {
                throw IntentException.of(
                        Reason.SECRET_IN_USE,
                        "secret " + name + " is needed by " + Users.shown(users)
                                + " (delete it with force to do so all the same: what starts then fails)");
            }
            return new Proposal.Change<>(
                    Records.secret(entry.value()),
                    key,
                    List.of(new Guard.Unchanged(key, entry.revision())),
                    List.of(new Mutation.Delete(key)));
        });
        LOG.atInfo()
                .addKeyValue("cluster", cluster)
                .addKeyValue("secret", name)
                .addKeyValue("rev", written.revision())
                .log("secret deleted");
        return written;
    }

    /**
     * What came of encrypting anew.
     *
     * @param unreadable CLUSTER/NAME of those that none of the keys can read
     */
    public record Reencrypted(int count, List<String> unreadable) {}

    /** Encrypts with the first key what is encrypted with another one: secrets and the keys of roles, of all clusters. */
    public Reencrypted reencrypt(ClusterState state) throws IntentException {
        if (keys.isEmpty()) {
            throw noKeys();
        }
        int count = 0;
        List<String> unreadable = new ArrayList<>();
        for (Secret secret : List.copyOf(state.secrets())) {
            if (!secret.value().keyId().equals(keys.first())) {
                count += tried(() -> reencrypt(secret), secret.cluster() + "/" + secret.name(), unreadable);
            }
        }
        for (Role role : List.copyOf(state.roles())) {
            if (role.credentials() instanceof Role.Credentials.Fixed fixed
                    && !fixed.keys().keyId().equals(keys.first())) {
                count += tried(() -> reencrypt(role), role.cluster() + "/" + role.name(), unreadable);
            }
        }
        LOG.atInfo()
                .addKeyValue("count", count)
                .addKeyValue("unreadable", unreadable.size())
                .log("secrets encrypted with the first key");
        return new Reencrypted(count, unreadable);
    }

    /** Encrypts one anew. */
    @FunctionalInterface
    private interface Anew {
        void run() throws IntentException, UnreadableSecretException;
    }

    private static int tried(Anew anew, String what, List<String> unreadable) throws IntentException {
        try {
            anew.run();
            return 1;
        } catch (UnreadableSecretException e) {
            LOG.atWarn().addKeyValue("cause", e.getMessage()).log("not encrypted anew");
            unreadable.add(what);
            return 0;
        }
    }

    private void reencrypt(Secret known) throws IntentException, UnreadableSecretException {
        SecretPlace place = SecretPlace.of(known);
        Sealed sealed = keys.seal(place, keys.open(place, known.value()), environment.randomness());
        String key = Keys.secret(known.cluster(), known.name());
        writes.apply(place.toString(), () -> {
            Optional<Entry> entry = store.get(key);
            // Deleted, or set again: then with the first key.
            if (entry.isEmpty() || !Records.secret(entry.get().value()).equals(known)) {
                return new Proposal.Keep<>(known, entry.map(Entry::revision).orElse(0L));
            }
            Secret anew = new Secret(
                    known.cluster(),
                    known.name(),
                    known.version(),
                    known.createdAtMillis(),
                    known.updatedAtMillis(),
                    sealed);
            return replaced(anew, key, entry.get(), Records.bytes(anew));
        });
    }

    private void reencrypt(Role known) throws IntentException, UnreadableSecretException {
        if (!(known.credentials() instanceof Role.Credentials.Fixed fixed)) {
            return;
        }
        SecretPlace place = SecretPlace.of(known);
        Sealed sealed = keys.seal(place, keys.open(place, fixed.keys()), environment.randomness());
        String key = Keys.role(known.cluster(), known.name());
        writes.apply(place.toString(), () -> {
            Optional<Entry> entry = store.get(key);
            if (entry.isEmpty() || !Records.role(entry.get().value()).equals(known)) {
                return new Proposal.Keep<>(known, entry.map(Entry::revision).orElse(0L));
            }
            Role anew = new Role(
                    known.cluster(),
                    known.name(),
                    known.version(),
                    known.createdAtMillis(),
                    known.updatedAtMillis(),
                    new Role.Credentials.Fixed(fixed.accessKeyId(), sealed));
            return replaced(anew, key, entry.get(), Records.bytes(anew));
        });
    }

    private static <T> Proposal<T> replaced(T value, String key, Entry before, ByteString bytes) {
        return new Proposal.Change<>(
                value,
                key,
                List.of(new Guard.Unchanged(key, before.revision())),
                List.of(new Mutation.Put(key, bytes)));
    }

    /** That this control plane can encrypt, and has the key that others have encrypted with: or they could not read it. */
    static void checkKeys(SecretKeys keys, ClusterState state) throws IntentException {
        if (keys.isEmpty()) {
            throw noKeys();
        }
        for (Secret secret : state.secrets()) {
            checkKey(keys, secret.value(), "secret " + secret.name());
        }
        for (Role role : state.roles()) {
            if (role.credentials() instanceof Role.Credentials.Fixed fixed) {
                checkKey(keys, fixed.keys(), "role " + role.name());
            }
        }
    }

    private static void checkKey(SecretKeys keys, Sealed sealed, String what) throws IntentException {
        if (!keys.has(sealed.keyId())) {
            throw IntentException.of(
                    Reason.SECRETS_KEY_MISSING,
                    what + " is encrypted with key " + sealed.keyId()
                            + ", which this control plane's secretsKeyFile does not have (it has "
                            + String.join(", ", keys.ids()) + "; give every control plane the same secretsKeyFile)");
        }
    }

    private static IntentException noKeys() {
        return IntentException.of(
                Reason.SECRETS_KEY_MISSING,
                "this control plane has no key to encrypt with (make one, `(umask 077; head -c 32 /dev/urandom | base64"
                        + " > FILE)`, name the file as secretsKeyFile in the configuration of every control plane, and"
                        + " restart them)");
    }

    private static String named(String clusterName, String name, Problems problems) {
        String cluster = Clusters.named(clusterName);
        Names.check(problems, "cluster", cluster);
        if (!SecretReference.validName(name)) {
            problems.invalid("name", name, EXPECTED_NAME);
        }
        return cluster;
    }

    private static IntentException notFound(String cluster, String name) {
        return IntentException.of(
                Reason.SECRET_NOT_FOUND,
                "Secret not found: " + name + " in cluster " + cluster
                        + " (staithe secret list shows those there are)");
    }
}
