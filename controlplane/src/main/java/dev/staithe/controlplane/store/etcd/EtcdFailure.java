package dev.staithe.controlplane.store.etcd;

import dev.staithe.controlplane.store.CommitResult;
import io.grpc.Status;

/** What a call that failed means. etcd says the same in several codes, so its texts are read too. */
final class EtcdFailure {
    private EtcdFailure() {}

    /** What a commit is answered: refused only where etcd is known to have changed nothing, else unknown. */
    static CommitResult ofCommit(Status status) {
        String text = text(status);
        return switch (status.getCode()) {
            case RESOURCE_EXHAUSTED ->
                text.contains("database space exceeded")
                        ? new CommitResult.Refused(
                                "etcd's database is full: nothing was changed. Compact and defragment"
                                        + " it, then run `etcdctl alarm disarm`")
                        : text.contains("etcdserver: too many requests")
                                ? new CommitResult.Refused("etcd is overloaded: nothing was changed")
                                : new CommitResult.Unknown(text);
            case NOT_FOUND, INVALID_ARGUMENT, PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED ->
                new CommitResult.Refused(text);
            default -> new CommitResult.Unknown(text);
        };
    }

    static boolean isGone(Status status) {
        return status.getCode() == Status.Code.NOT_FOUND;
    }

    static boolean isCompacted(Status status) {
        return status.getCode() == Status.Code.OUT_OF_RANGE;
    }

    /** For people: etcd's own words where there are any. */
    static String text(Status status) {
        String description = status.getDescription();
        Throwable cause = status.getCause();
        return (description == null ? "etcd: " + status.getCode() : description)
                + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }
}
