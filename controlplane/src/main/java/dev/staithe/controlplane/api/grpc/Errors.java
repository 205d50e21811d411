package dev.staithe.controlplane.api.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.MessageLite;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.IntentException.Violation;
import dev.staithe.runtime.Ids;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What callers are told when a call fails. A refusal carries its reason and the fields; anything unexpected becomes
 * INTERNAL with an id under which the log has the rest, never a stack trace. Requests that are too large are refused before
 * anything looks at them.
 */
final class Errors implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);
    private static final String DOMAIN = "staithe.dev";

    /** Bytes of field violations; clients take 8 KiB of trailers, in which these are base64. */
    private static final int MOST_VIOLATION_BYTES = 3072;

    private static final int ID_LENGTH = 12;

    private final Ids ids;

    Errors(Ids ids) {
        this.ids = ids;
    }

    /** The status that tells a caller of the refusal. */
    static StatusRuntimeException refused(IntentException refusal) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code(refusal.reason()).value())
                .setMessage(String.valueOf(refusal.getMessage()))
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(refusal.reason().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(refusal.metadata())
                        .build()));
        BadRequest.Builder fields = BadRequest.newBuilder();
        for (Violation violation : refusal.violations()) {
            fields.addFieldViolations(
                    FieldViolation.newBuilder().setField(violation.field()).setDescription(violation.description()));
            if (fields.build().getSerializedSize() > MOST_VIOLATION_BYTES) {
                fields.removeFieldViolations(fields.getFieldViolationsCount() - 1);
                break;
            }
        }
        if (fields.getFieldViolationsCount() > 0) {
            status.addDetails(Any.pack(fields.build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static Status.Code code(Reason reason) {
        return switch (reason) {
            case INVALID_ARGUMENT, UNSUPPORTED_FIELD, AMBIGUOUS -> Status.Code.INVALID_ARGUMENT;
            case CLUSTER_NOT_FOUND,
                    SERVICE_NOT_FOUND,
                    TASK_NOT_FOUND,
                    TASK_DEFINITION_NOT_FOUND,
                    CONTAINER_INSTANCE_NOT_FOUND,
                    ATTRIBUTE_NOT_FOUND,
                    SECRET_NOT_FOUND,
                    ROLE_NOT_FOUND -> Status.Code.NOT_FOUND;
            case SERVICE_NOT_ACTIVE,
                    TASK_DEFINITION_INACTIVE,
                    CLUSTER_NOT_EMPTY,
                    CONTAINER_INSTANCE_NOT_ACTIVE,
                    CONTAINER_INSTANCE_NOT_EMPTY,
                    ATTRIBUTE_LIMIT_EXCEEDED,
                    SERVICE_SCALED_UP,
                    NO_CONTAINER_INSTANCES,
                    NO_ROLLBACK_TARGET,
                    DEPLOYMENT_NOT_IN_PROGRESS,
                    LOG_UNREADABLE,
                    EXECUTE_COMMAND_NOT_ENABLED,
                    EXECUTE_COMMAND_FAILED,
                    TASK_NOT_RUNNING,
                    SECRETS_KEY_MISSING,
                    SECRET_IN_USE,
                    ROLE_IN_USE,
                    NOT_LEADER -> Status.Code.FAILED_PRECONDITION;
            case SERVICE_ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
            case CONFLICT -> Status.Code.ABORTED;
            case NO_LEADER, STORE_UNAVAILABLE, AGENT_UNREACHABLE -> Status.Code.UNAVAILABLE;
            case STORE_FULL, TOO_MANY_COMMANDS -> Status.Code.RESOURCE_EXHAUSTED;
            case EVENTS_GONE -> Status.Code.OUT_OF_RANGE;
        };
    }

    /** The status that tells a caller that something is wrong with us. */
    StatusRuntimeException unexpected(String where, RuntimeException bug) {
        String id = ids.next().substring(0, ID_LENGTH);
        LOG.atError()
                .setCause(bug)
                .addKeyValue("error", id)
                .addKeyValue("call", where)
                .log("call failed");
        return Status.INTERNAL
                .withDescription("internal error " + id + " (the control plane's log has more under this id)")
                .asRuntimeException();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        ServerCall<Q, A> logged = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                if (!status.isOk()) {
                    LOG.atInfo()
                            .addKeyValue("call", method)
                            .addKeyValue("code", status.getCode())
                            .log("refused: {}", status.getDescription());
                }
                super.close(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(logged, headers)) {
            private boolean tooLarge;

            @Override
            public void onMessage(Q request) {
                int size = request instanceof MessageLite message ? message.getSerializedSize() : 0;
                if (size > ApiServices.MOST_REQUEST_BYTES) {
                    tooLarge = true;
                    StatusRuntimeException refusal = refused(IntentException.invalid(
                            "request", size + " bytes (expected: at most " + ApiServices.MOST_REQUEST_BYTES + ")"));
                    logged.close(refusal.getStatus(), trailers(refusal));
                } else {
                    super.onMessage(request);
                }
            }

            @Override
            public void onHalfClose() {
                if (tooLarge) {
                    return;
                }
                try {
                    super.onHalfClose();
                } catch (RuntimeException bug) {
                    logged.close(unexpected(method, bug).getStatus(), new Metadata());
                }
            }
        };
    }

    private static Metadata trailers(StatusRuntimeException refusal) {
        Metadata trailers = refusal.getTrailers();
        return trailers == null ? new Metadata() : trailers;
    }
}
