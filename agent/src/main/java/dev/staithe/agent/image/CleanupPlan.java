package dev.staithe.agent.image;

import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Images.DiskUsage;
import dev.staithe.agent.container.Images.StoredImage;
import dev.staithe.agent.model.FetchedImage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides which image goes next. Pure: one image, then look again.
 *
 * <p>An image may go when this agent brought it to the host, no container is made of it, no task needs it, the operator does
 * not exclude it, and it has no name but those that this agent gave it. Of these the longest unused goes first: when it has
 * been unused for the minimum age, so many at a look; or at once, and as many as it takes, while the disk is too full.
 */
public final class CleanupPlan {
    private final Policy policy;

    public CleanupPlan(Policy policy) {
        this.policy = policy;
    }

    /**
     * What the operator settled.
     *
     * @param perCycle most images that go at one look for their age
     * @param pressurePercent of the disk in use from which on age and number do not count; 100 = never
     * @param exclude images that stay, as task definitions name them
     */
    public record Policy(Duration minimumAge, int perCycle, int pressurePercent, List<String> exclude) {
        public Policy {
            exclude = List.copyOf(exclude);
        }

        boolean pressed(DiskUsage disk) {
            return pressurePercent < 100 && disk.percent() >= pressurePercent;
        }
    }

    /** An image that goes: by these names, the last of which takes it along. */
    record Removal(String id, SortedSet<String> names) {
        Removal {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }
    }

    /**
     * What is known now.
     *
     * @param stored what the host has
     * @param fetched what this agent fetched
     * @param needed canonical names of the images of tasks that are not over
     * @param left how many more may go for their age at this look
     */
    record Situation(
            List<StoredImage> stored,
            List<FetchedImage> fetched,
            SortedSet<String> needed,
            DiskUsage disk,
            int left,
            Instant now) {}

    /** The image that goes next; empty when all stay. */
    Optional<Removal> next(Situation situation) {
        TreeMap<String, FetchedImage> fetched = new TreeMap<>();
        situation.fetched().forEach(image -> fetched.put(image.id(), image));
        boolean pressed = policy.pressed(situation.disk());
        return situation.stored().stream()
                .flatMap(image ->
                        Optional.ofNullable(fetched.get(image.id())).stream().map(ours -> new Candidate(image, ours)))
                .filter(each -> removable(each.image(), each.ours(), situation.needed()))
                .min(Comparator.comparingLong((Candidate each) -> each.ours().usedAt())
                        .thenComparing(each -> each.image().id()))
                .filter(each -> pressed || (situation.left() > 0 && old(each.ours(), situation.now())))
                .map(each -> removal(each.image()));
    }

    /** An image of the host that this agent fetched. */
    private record Candidate(StoredImage image, FetchedImage ours) {}

    /** By all its names; one that has lost them goes by its id. */
    private static Removal removal(StoredImage image) {
        List<String> names = image.references().isEmpty() ? List.of(image.id()) : image.references();
        return new Removal(image.id(), new TreeSet<>(names));
    }

    private boolean removable(StoredImage image, FetchedImage fetched, SortedSet<String> needed) {
        SortedSet<String> names = names(image);
        return fetched.brought()
                && !image.used()
                && fetched.references().containsAll(names)
                && Collections.disjoint(names, needed)
                && !needed.contains(image.id())
                && policy.exclude().stream()
                        .map(ImageReference::canonical)
                        .noneMatch(kept -> names.contains(kept) || kept.equals(image.id()));
    }

    private boolean old(FetchedImage fetched, Instant now) {
        return now.toEpochMilli() - fetched.usedAt() >= policy.minimumAge().toMillis();
    }

    /** The image's names in their canonical form. */
    static SortedSet<String> names(StoredImage image) {
        return canonical(image.references());
    }

    static SortedSet<String> canonical(Collection<String> names) {
        return names.stream().map(ImageReference::canonical).collect(Collectors.toCollection(TreeSet::new));
    }
}
