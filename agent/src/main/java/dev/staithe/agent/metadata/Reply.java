package dev.staithe.agent.metadata;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What goes back over the wire. */
record Reply(int status, String contentType, byte[] body) {
    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int NOT_A_METHOD = 405;
    static final int MISDIRECTED = 421;
    static final int TOO_MANY = 429;
    static final int FAILED = 500;
    static final int UNAVAILABLE = 503;

    private static final String JSON = "application/json";

    Reply {
        body = body.clone();
    }

    @Override
    public byte[] body() {
        return body.clone();
    }

    static Reply json(int status, JsonNode body) {
        return new Reply(status, JSON, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** As ECS answers: the words as a JSON string. */
    static Reply refusal(int status, String words) {
        return json(status, TextNode.valueOf(words));
    }

    static Reply text(String contentType, String body) {
        return new Reply(OK, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Reply reply
                && status == reply.status
                && contentType.equals(reply.contentType)
                && Arrays.equals(body, reply.body);
    }

    @Override
    public int hashCode() {
        return 31 * status + Arrays.hashCode(body);
    }

    /** Shows nothing of the body: it may be credentials. */
    @Override
    public String toString() {
        return "Reply[" + status + ", " + body.length + " bytes]";
    }
}
