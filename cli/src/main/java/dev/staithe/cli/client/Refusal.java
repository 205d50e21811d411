package dev.staithe.cli.client;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import io.grpc.Status;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A call that the control plane refused, or that did not reach it. Holds the one table that says what an error means to
 * a user: exit code and what to do next.
 */
public final class Refusal extends CommandFailure {
    private static final long serialVersionUID = 1;

    private final transient ApiError error;

    /** @param server the control plane that was called, as HOST:PORT */
    public Refusal(ApiError error, String server, @Nullable Throwable cause) {
        super(exitCode(error), text(error, server), next(error), cause);
        this.error = error;
    }

    /** What the control plane said. */
    public ApiError error() {
        return error;
    }

    private static String text(ApiError error, String server) {
        if (error.unreachable()) {
            String detail = error.message().lines().findFirst().orElse("");
            return "cannot reach the control plane at " + server + ": start one with `staithe dev up`, or set --server"
                    + (detail.isEmpty() ? "" : " (" + detail + ")");
        }
        if (error.code() == Status.Code.UNIMPLEMENTED && error.reason().isEmpty()) {
            return "the control plane does not know this call: it is older than this command line, or not Staithe";
        }
        return error.violations().isEmpty()
                ? error.message()
                : error.violations().stream().map(ApiError.Violation::text).collect(Collectors.joining("\n"));
    }

    private static ExitCode exitCode(ApiError error) {
        if (error.unreachable()) {
            return ExitCode.UNREACHABLE;
        }
        return switch (error.reason()) {
            case "CLUSTER_NOT_FOUND",
                    "SERVICE_NOT_FOUND",
                    "TASK_NOT_FOUND",
                    "TASK_DEFINITION_NOT_FOUND",
                    "CONTAINER_INSTANCE_NOT_FOUND",
                    "ATTRIBUTE_NOT_FOUND",
                    "SECRET_NOT_FOUND",
                    "ROLE_NOT_FOUND" -> ExitCode.NOT_FOUND;
            case "NO_CONTAINER_INSTANCES" -> ExitCode.NOT_PLACED;
            default -> error.code() == Status.Code.NOT_FOUND ? ExitCode.NOT_FOUND : ExitCode.ERROR;
        };
    }

    private static String next(ApiError error) {
        return switch (error.reason()) {
            case "CLUSTER_NOT_FOUND" -> "staithe cluster list";
            case "SERVICE_NOT_FOUND", "SERVICE_NOT_ACTIVE" -> "staithe service list";
            case "TASK_NOT_FOUND" -> "staithe task list --status all";
            case "TASK_DEFINITION_NOT_FOUND" -> "staithe task-definition list";
            case "TASK_DEFINITION_INACTIVE" -> "staithe task-definition register -f FILE";
            case "CONTAINER_INSTANCE_NOT_FOUND", "NO_CONTAINER_INSTANCES", "AGENT_UNREACHABLE" ->
                "staithe instance list";
            case "CONTAINER_INSTANCE_NOT_EMPTY" -> "staithe instance drain HOST --wait, or the same with --force";
            case "CONTAINER_INSTANCE_NOT_ACTIVE" -> "staithe instance list --status inactive";
            case "ATTRIBUTE_NOT_FOUND", "ATTRIBUTE_LIMIT_EXCEEDED" -> "staithe instance attributes list";
            case "SERVICE_ALREADY_EXISTS" -> "staithe service update NAME ...";
            case "CLUSTER_NOT_EMPTY" -> "staithe service list, staithe task list, staithe instance list";
            case "SECRET_NOT_FOUND" -> "staithe secret list";
            case "ROLE_NOT_FOUND" -> "staithe role list";
            case "SECRET_IN_USE", "ROLE_IN_USE" -> "the same with --force";
            case "SERVICE_SCALED_UP" -> "the same with --force, or scale it to 0 first";
            case "CONFLICT" -> "run the command again: somebody else changed the same thing";
            case "NO_LEADER", "NOT_LEADER", "STORE_UNAVAILABLE" -> "run the command again in a few seconds";
            case "EXECUTE_COMMAND_NOT_ENABLED" ->
                "staithe service update NAME --enable-execute-command --force-new-deployment, or"
                        + " `staithe task run --enable-execute-command ...`";
            case "TASK_NOT_RUNNING" -> "staithe task list";
            case "STORE_FULL" -> "make room on the disk of the control plane's data directory";
            default -> "";
        };
    }
}
