package dev.staithe.cli.spec;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Walks a document beside the descriptor of a message and collects all that is wrong with it, each with its path and
 * its place. Nothing is dropped in silence: what has no place in the message is an error. Null stands for absent.
 *
 * <p>Whether a known field is honoured is not decided here: the control plane refuses, by name, what it does not honour.
 */
final class SpecReader {
    /** More than any honest definition of 64 KiB has, and few enough for one that grows by aliases. */
    private static final int MOST_NODES = 20_000;

    private static final int MOST_ERRORS = 20;
    private static final int DEEPEST = 32;
    private static final int LONGEST_VALUE = 40;

    private final String file;
    private final List<String> errors = new ArrayList<>();
    private final Map<String, Position> positions = new TreeMap<>();
    private int nodes;

    SpecReader(String file) {
        this.file = file;
    }

    <M extends Message> Spec<M> read(Node root, Schema<M> schema) {
        if (!(root instanceof MappingNode mapping)) {
            throw SpecFile.refused(file + ":" + Position.of(root.getStartMark()) + ": " + kind(root) + " (expected: "
                    + schema.expected() + ")");
        }
        Message.Builder builder = schema.prototype().newBuilderForType();
        message(mapping, builder, "", schema.refused(), 0);
        if (!errors.isEmpty()) {
            throw SpecFile.refused(String.join("\n", errors));
        }
        @SuppressWarnings("unchecked") // A builder makes what its prototype is.
        M message = (M) builder.build();
        return new Spec<>(file, message, positions);
    }

    private void message(
            MappingNode mapping, Message.Builder into, String path, Map<String, String> refused, int depth) {
        Descriptor descriptor = into.getDescriptorForType();
        Map<String, FieldDescriptor> known = fields(descriptor, refused);
        Map<String, Position> seen = new TreeMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = key(entry.getKeyNode(), path);
            Position at = Position.of(entry.getKeyNode().getStartMark());
            if (key == null || !isFirst(key, at, path, seen)) {
                continue;
            }
            FieldDescriptor field = known.get(key);
            if (field != null) {
                positions.put(join(path, key), at);
                field(entry.getValueNode(), field, into, join(path, key), depth + 1);
            } else if (refused.containsKey(key)) {
                error(at, refused.get(key));
            } else {
                error(
                        at,
                        join(path, key) + " is unknown"
                                + NearestName.among(known.keySet(), key)
                                        .map(name -> "; did you mean " + name + "?")
                                        .orElse(""));
            }
        }
    }

    private static Map<String, FieldDescriptor> fields(Descriptor descriptor, Map<String, String> refused) {
        Map<String, FieldDescriptor> known = new TreeMap<>();
        for (FieldDescriptor field : descriptor.getFields()) {
            if (!refused.containsKey(field.getJsonName())) {
                known.put(field.getJsonName(), field);
            }
        }
        return known;
    }

    private void field(Node node, FieldDescriptor field, Message.Builder into, String path, int depth) {
        if (isNull(node) || !withinBounds(node, path, depth)) {
            return;
        }
        if (field.isMapField()) {
            mapField(node, field, into, path);
        } else if (!field.isRepeated()) {
            Object value = value(node, field, into, path, depth);
            if (value != null) {
                into.setField(field, value);
            }
        } else if (node instanceof SequenceNode sequence) {
            int index = 0;
            for (Node element : sequence.getValue()) {
                String elementPath = path + "[" + index++ + "]";
                positions.put(elementPath, Position.of(element.getStartMark()));
                Object value = value(element, field, into, elementPath, depth + 1);
                if (value != null) {
                    into.addRepeatedField(field, value);
                }
            }
        } else {
            wrong(node, path, "a list");
        }
    }

    private void mapField(Node node, FieldDescriptor field, Message.Builder into, String path) {
        if (!(node instanceof MappingNode mapping)) {
            wrong(node, path, "names with values");
            return;
        }
        Map<String, Position> seen = new TreeMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = key(entry.getKeyNode(), path);
            Position at = Position.of(entry.getKeyNode().getStartMark());
            if (key == null || !isFirst(key, at, path, seen) || isNull(entry.getValueNode())) {
                continue;
            }
            positions.put(join(path, key), at);
            if (entry.getValueNode() instanceof ScalarNode scalar
                    && scalar.getTag().equals(Tag.STR)) {
                Message.Builder pair = into.newBuilderForField(field);
                Descriptor pairType = pair.getDescriptorForType();
                pair.setField(pairType.findFieldByNumber(1), key);
                pair.setField(pairType.findFieldByNumber(2), scalar.getValue());
                into.addRepeatedField(field, pair.build());
            } else {
                wrong(entry.getValueNode(), join(path, key), "text: put it in quotes");
            }
        }
    }

    /** The value for one occurrence of the field; nothing when it is wrong, which has been noted then. */
    private @Nullable Object value(Node node, FieldDescriptor field, Message.Builder into, String path, int depth) {
        if (!withinBounds(node, path, depth)) {
            return null;
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> {
                if (node instanceof MappingNode mapping) {
                    Message.Builder nested = into.newBuilderForField(field);
                    message(mapping, nested, path, Map.of(), depth);
                    yield nested.build();
                }
                yield wrong(node, path, "an object");
            }
            case STRING -> string(node, field, path);
            case BOOLEAN ->
                hasTag(node, Tag.BOOL) ? (Object) Boolean.valueOf(scalar(node)) : wrong(node, path, "true or false");
            case INT -> integer(node, path);
            case LONG, FLOAT, DOUBLE, BYTE_STRING, ENUM ->
                throw new IllegalStateException(field.getFullName() + ": its type cannot be written in a file yet");
        };
    }

    private @Nullable Object string(Node node, FieldDescriptor field, String path) {
        if (hasTag(node, Tag.STR)) {
            return scalar(node);
        }
        boolean size = field.getName().equals("cpu") || field.getName().equals("memory");
        if (size && hasTag(node, Tag.INT)) {
            return scalar(node);
        }
        return wrong(node, path, node instanceof ScalarNode ? "text: put it in quotes" : "text");
    }

    private @Nullable Object integer(Node node, String path) {
        if (!hasTag(node, Tag.INT)) {
            return wrong(node, path, "a whole number");
        }
        BigInteger number = new BigInteger(scalar(node));
        return number.bitLength() < Integer.SIZE
                ? (Object) number.intValueExact()
                : wrong(node, path, Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
    }

    private boolean withinBounds(Node node, String path, int depth) {
        if (++nodes > MOST_NODES || depth > DEEPEST) {
            throw SpecFile.refused(file + ":" + Position.of(node.getStartMark()) + ": " + path
                    + ": too many or too deep values (expected: no aliases that multiply)");
        }
        return true;
    }

    private @Nullable String key(Node key, String path) {
        if (hasTag(key, Tag.STR)) {
            return scalar(key);
        }
        error(Position.of(key.getStartMark()), join(path, shown(key)) + " is no name of a field (expected: text)");
        return null;
    }

    private boolean isFirst(String key, Position at, String path, Map<String, Position> seen) {
        Position before = seen.putIfAbsent(key, at);
        if (before != null) {
            error(at, join(path, key) + " is given twice: before on line " + before.line());
        }
        return before == null;
    }

    private @Nullable Object wrong(Node node, String path, String expected) {
        error(Position.of(node.getStartMark()), path + ": " + shown(node) + " (expected: " + expected + ")");
        return null;
    }

    private void error(Position at, @Nullable String message) {
        if (errors.size() < MOST_ERRORS) {
            errors.add(file + ":" + at + ": " + message);
        }
    }

    private static boolean isNull(Node node) {
        return hasTag(node, Tag.NULL);
    }

    private static boolean hasTag(Node node, Tag tag) {
        return node instanceof ScalarNode && node.getTag().equals(tag);
    }

    private static String scalar(Node node) {
        return ((ScalarNode) node).getValue();
    }

    private static String shown(Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            return kind(node);
        }
        String value = scalar.getValue();
        String shortened = value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "..." : value;
        return scalar.getTag().equals(Tag.STR) ? "\"" + shortened + "\"" : shortened;
    }

    private static String kind(Node node) {
        return node instanceof SequenceNode ? "a list" : node instanceof MappingNode ? "an object" : "a value";
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
