package dev.staithe.cli.client;

/** A stream on which both sides speak. */
public interface Conversation<Q> extends Subscription {
    /** Says something more; waits while the wire takes nothing. Nothing happens once it is over. From any thread. */
    void say(Q message);
}
