package dev.staithe.cli.client;

/** A stream that was opened and can be hung up. */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
