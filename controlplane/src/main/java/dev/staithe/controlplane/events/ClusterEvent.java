package dev.staithe.controlplane.events;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that happened, in the terms of EventBridge's events of ECS.
 *
 * @param atMillis when: as stored where that is stored, else when this replica learned of it
 * @param state right after it happened: where its subject is to be looked at. States share what did not change
 */
public record ClusterEvent(Position position, long atMillis, Subject subject, ClusterState state) {
    /** What it is about, and what about it. */
    public sealed interface Subject {
        String cluster();

        /** The service that it concerns; empty when it concerns none. */
        Optional<String> service();

        /** The task has this version now. */
        record TaskChanged(Task task) implements Subject {
            @Override
            public String cluster() {
                return task.cluster();
            }

            @Override
            public Optional<String> service() {
                return task.standalone()
                        ? Optional.empty()
                        : Optional.of(task.group().substring("service:".length()));
            }
        }

        /** The instance registered, deregistered, was connected, cut off, drained; or a task came to it or left it. */
        record InstanceChanged(ContainerInstance instance) implements Subject {
            @Override
            public String cluster() {
                return instance.cluster();
            }

            @Override
            public Optional<String> service() {
                return Optional.empty();
            }
        }

        /**
         * The scheduler did something for the service, or could not.
         *
         * @param name SERVICE_STEADY_STATE, ...
         * @param reason for machines: RESOURCE:MEMORY, ...; empty where there is none
         */
        record ServiceAction(Service of, Level level, String name, String reason, String message) implements Subject {
            @Override
            public String cluster() {
                return of.cluster();
            }

            @Override
            public Optional<String> service() {
                return Optional.of(of.name());
            }
        }

        /**
         * The deployment began, or ended.
         *
         * @param name SERVICE_DEPLOYMENT_IN_PROGRESS, ...
         */
        record DeploymentChanged(Deployment deployment, Level level, String name) implements Subject {
            @Override
            public String cluster() {
                return deployment.cluster();
            }

            @Override
            public Optional<String> service() {
                return Optional.of(deployment.serviceName());
            }
        }

        /**
         * Somebody runs a command in a container, or it has ended. Not in the state: only the leader that relays it knows.
         *
         * @param end empty as it begins
         */
        record CommandRun(Task task, Command command, Optional<CommandEnd> end) implements Subject {
            @Override
            public String cluster() {
                return task.cluster();
            }

            @Override
            public Optional<String> service() {
                return new TaskChanged(task).service();
            }
        }
    }

    /**
     * A command, and who runs it.
     *
     * @param line the command line as it was given, cut when it is long
     * @param address from where the caller is connected
     * @param claimedUser who the caller says it is; nobody has checked that
     */
    public record Command(String container, String line, String address, String claimedUser) {}

    /**
     * What became of a command.
     *
     * @param exitCode empty when it is not known
     * @param reason why it is not known; empty when it is
     */
    public record CommandEnd(OptionalInt exitCode, String reason, Duration duration) {}

    /** What ECS calls eventType. */
    public enum Level {
        INFO,
        WARN,
        ERROR
    }
}
