package dev.staithe.agent.metadata;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** What goes back over the wire. */
record Reply(int status, String contentType, String body) {
    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int NOT_A_METHOD = 405;
    static final int MISDIRECTED = 421;
    static final int TOO_MANY = 429;
    static final int FAILED = 500;
    static final int UNAVAILABLE = 503;

    private static final String JSON = "application/json";

    static Reply json(int status, JsonNode body) {
        return new Reply(status, JSON, body.toString());
    }

    /** As ECS answers: the words as a JSON string. */
    static Reply refusal(int status, String words) {
        return json(status, TextNode.valueOf(words));
    }

    static Reply text(String contentType, String body) {
        return new Reply(OK, contentType, body);
    }

    /** Shows nothing of the body: it may be credentials. */
    @Override
    public String toString() {
        return "Reply[" + status + ", " + contentType + "]";
    }
}
