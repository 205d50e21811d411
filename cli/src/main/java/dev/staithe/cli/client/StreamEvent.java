package dev.staithe.cli.client;

/** What arrives on a stream that was opened. */
public sealed interface StreamEvent<R> {
    /** The next message. */
    record Item<R>(R message) implements StreamEvent<R> {}

    /** The control plane has said all. */
    record Ended<R>() implements StreamEvent<R> {}

    /** The stream was refused, or the connection broke. */
    record Broken<R>(ApiError error) implements StreamEvent<R> {}
}
