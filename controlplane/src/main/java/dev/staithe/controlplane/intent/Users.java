package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/** What in a cluster needs a secret or a role: its services with what they run now, and tasks that have not stopped. */
final class Users {
    private static final int SHOWN = 5;

    private Users() {}

    /** "service web", "task 0123456789ab", services first. */
    static List<String> of(ClusterState state, String cluster, BiPredicate<TaskDefinition, TaskOverride> needs) {
        List<String> users = new ArrayList<>();
        for (Service service : state.services()) {
            if (service.cluster().equals(cluster)
                    && !service.deleted()
                    && needs(state, service.taskDefinition(), TaskOverride.getDefaultInstance(), needs)) {
                users.add("service " + service.name());
            }
        }
        for (Task task : state.tasks()) {
            if (task.cluster().equals(cluster)
                    && !task.stopped()
                    && needs(state, task.taskDefinition(), task.overrides(), needs)) {
                users.add(
                        "task " + task.id().substring(0, Math.min(12, task.id().length())));
            }
        }
        return users;
    }

    private static boolean needs(
            ClusterState state,
            TaskDefinitionRef definition,
            TaskOverride overrides,
            BiPredicate<TaskDefinition, TaskOverride> needs) {
        return state.taskDefinition(definition)
                .map(revision -> needs.test(revision.spec(), overrides))
                .orElse(false);
    }

    /** The first of them, and how many more. */
    static String shown(List<String> users) {
        String first = String.join(", ", users.subList(0, Math.min(SHOWN, users.size())));
        return users.size() <= SHOWN ? first : first + " and " + (users.size() - SHOWN) + " more";
    }
}
