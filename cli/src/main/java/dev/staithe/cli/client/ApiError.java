package dev.staithe.cli.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the control plane refused, or how the way to it broke.
 *
 * @param reason the machine-readable reason, such as SERVICE_NOT_FOUND; empty when the control plane gave none
 * @param violations the fields that are wrong, when the request is
 */
public record ApiError(
        Status.Code code, String reason, String message, Map<String, String> metadata, List<Violation> violations) {
    /** One field that is wrong, by its path in the JSON form, and why. */
    public record Violation(String field, String description) {
        /** "FIELD: DESCRIPTION", where the description does not begin with the field already. */
        public String text() {
            return description.startsWith(field) ? description : field + ": " + description;
        }
    }

    public ApiError {
        metadata = new TreeMap<>(metadata);
        violations = List.copyOf(violations);
    }

    /** Reads the details that the control plane attached. */
    public static ApiError of(StatusRuntimeException e) {
        String reason = "";
        Map<String, String> metadata = Map.of();
        List<Violation> violations = new ArrayList<>();
        com.google.rpc.Status status = StatusProto.fromThrowable(e);
        if (status != null) {
            for (Any detail : status.getDetailsList()) {
                try {
                    if (detail.is(ErrorInfo.class)) {
                        ErrorInfo info = detail.unpack(ErrorInfo.class);
                        reason = info.getReason();
                        metadata = info.getMetadataMap();
                    } else if (detail.is(BadRequest.class)) {
                        detail.unpack(BadRequest.class)
                                .getFieldViolationsList()
                                .forEach(v -> violations.add(new Violation(v.getField(), v.getDescription())));
                    }
                } catch (InvalidProtocolBufferException ignored) {
                    // A detail of a newer control plane: the message still says what is wrong.
                }
            }
        }
        return new ApiError(e.getStatus().getCode(), reason, description(e.getStatus()), metadata, violations);
    }

    /** Where the leader is, when the call has to go there. */
    public Optional<String> leader() {
        return reason.equals("NOT_LEADER")
                ? Optional.ofNullable(metadata.get("leader")).filter(address -> !address.isEmpty())
                : Optional.empty();
    }

    /** Whether there is no leader at the moment: the call may succeed as soon as one is elected. */
    public boolean leaderless() {
        return reason.equals("NO_LEADER") || (reason.equals("NOT_LEADER") && leader().isEmpty());
    }

    /** Whether nobody answered, as opposed to a control plane that says it cannot. */
    public boolean unreachable() {
        return reason.isEmpty() && (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED);
    }

    private static String description(Status status) {
        Throwable cause = status.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String description = status.getDescription();
        if (cause != null && cause.getMessage() != null && status.getCode() == Status.Code.UNAVAILABLE) {
            return cause.getMessage().replaceFirst("^[a-z]+\\(\\.\\.\\) failed with error\\(-\\d+\\): ", "");
        }
        return description == null ? status.getCode().name() : description;
    }
}
