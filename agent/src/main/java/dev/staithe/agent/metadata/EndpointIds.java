package dev.staithe.agent.metadata;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.TaskEndpoints;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The names under which containers find what is theirs: the task's id, a dash, and a code that only the holder of this host's key
 * can make. The same for the same container at any time, unguessable for all others. Pure.
 */
final class EndpointIds implements TaskEndpoints {
    /** Where clients written for ECS look for credentials when they are told a path alone. */
    private static final String ECS_ADDRESS = "169.254.170.2";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int CODE_BYTES = 12;
    private static final int TASK_ID_DIGITS = 32;

    /** No container has this name. */
    private static final String CREDENTIALS = "";

    private final SecretKeySpec key;
    private final String authority;

    /**
     * Ids of one host.
     *
     * @param key at least 32 random bytes, this host's alone
     * @param authority where containers ask: ADDRESS, or ADDRESS:PORT when the port is not 80
     */
    EndpointIds(byte[] key, String authority) {
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.authority = authority;
    }

    @Override
    public SortedMap<String, String> variables(AssignedTask task, String container) {
        SortedMap<String, String> variables = new TreeMap<>();
        if (task.definition().getNetworkMode().equals("none")) {
            // It reaches nobody.
            return variables;
        }
        variables.put(
                "ECS_CONTAINER_METADATA_URI_V4", "http://" + authority + "/v4/" + container(task.taskId(), container));
        if (!task.definition().getTaskRoleArn().isEmpty()) {
            String path = "/v2/credentials/" + credentials(task.taskId());
            if (authority.equals(ECS_ADDRESS)) {
                variables.put("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", path);
            } else {
                variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://" + authority + path);
            }
        }
        return variables;
    }

    String container(String taskId, String container) {
        return taskId + "-" + code(taskId, container);
    }

    String credentials(String taskId) {
        return taskId + "-" + code(taskId, CREDENTIALS);
    }

    /** The task that an id speaks of; says nothing about whether the id is a true one. */
    static Optional<String> task(String id) {
        return id.length() > TASK_ID_DIGITS && id.charAt(TASK_ID_DIGITS) == '-'
                ? Optional.of(id.substring(0, TASK_ID_DIGITS))
                : Optional.empty();
    }

    /** The name of the task's container that has the id. */
    Optional<String> containerOf(LocalTask task, String id) {
        return task.containers().stream()
                .map(container -> container.name())
                .filter(name -> same(id, container(task.taskId(), name)))
                .findFirst();
    }

    boolean credentialsOf(LocalTask task, String id) {
        return same(id, credentials(task.taskId()));
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private String code(String taskId, String container) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] code = mac.doFinal((taskId + "/" + container).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(code, 0, CODE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }
}
