package dev.staithe.agent.secrets;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values of secrets by the names that were asked for. Never printed, logged or stored. */
public final class SecretValues {
    public static final SecretValues NONE = new SecretValues(Map.of());

    private final SortedMap<String, ByteString> values;

    public SecretValues(Map<String, ByteString> values) {
        this.values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /**
     * The value.
     *
     * @param name one of those that were asked for
     */
    public ByteString value(String name) {
        ByteString value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("secret " + name + " (expected: one of " + values.keySet() + ")");
        }
        return value;
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Shows the names alone. */
    @Override
    public String toString() {
        return "SecretValues" + values.keySet();
    }
}
