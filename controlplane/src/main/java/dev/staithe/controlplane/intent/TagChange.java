package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.Tag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A validated change of the tags of one thing.
 *
 * @param set keys that get a value, whether or not they are there
 * @param removed keys that go, if they are there
 */
public record TagChange(List<Tag> set, SortedSet<String> removed) {
    public TagChange {
        set = List.copyOf(set);
        removed = Collections.unmodifiableSortedSet(new TreeSet<>(removed));
    }

    static TagChange set(List<Tag> tags) {
        return new TagChange(tags, new TreeSet<>());
    }

    static TagChange remove(List<String> keys) {
        return new TagChange(List.of(), new TreeSet<>(keys));
    }

    /**
     * The tags after the change: those that stay in their order, then the new ones.
     *
     * @throws IntentException INVALID_ARGUMENT when they are too many
     */
    public List<Tag> appliedTo(List<Tag> before) throws IntentException {
        Map<String, Tag> wanted = new TreeMap<>();
        set.forEach(t -> wanted.put(t.getKey(), t));
        List<Tag> after = new ArrayList<>();
        for (Tag tag : before) {
            Tag next = wanted.remove(tag.getKey());
            if (!removed.contains(tag.getKey())) {
                after.add(next == null ? tag : next);
            }
        }
        set.stream().filter(t -> wanted.containsKey(t.getKey())).forEach(after::add);
        TagRules.checkCount(after);
        return after;
    }
}
