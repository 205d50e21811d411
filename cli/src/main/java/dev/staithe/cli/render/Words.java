package dev.staithe.cli.render;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.staithe.proto.v1.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Durations, sizes and counts as people say them. Exact values are in the JSON form. */
public final class Words {
    private static final int ID_SHOWN = 8;
    private static final Pattern IDS = Pattern.compile("( by)? \\((instance|deployment) [^)]*\\)");

    private Words() {}

    /** The two greatest units: "0s", "45s", "2m", "2m30s", "3h10m", "5d". */
    public static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + (seconds < 600 && seconds % 60 > 0 ? seconds % 60 + "s" : "");
        }
        if (seconds < 86_400) {
            return seconds / 3600 + "h" + (seconds % 3600 >= 60 ? seconds % 3600 / 60 + "m" : "");
        }
        return seconds / 86_400 + "d" + (seconds % 86_400 >= 3600 ? seconds % 86_400 / 3600 + "h" : "");
    }

    /** How long ago it was; "-" when it has not happened. */
    public static String ago(Timestamp at, Instant now) {
        return isSet(at) ? duration(Duration.between(instant(at), now)) : "-";
    }

    /** Whether the timestamp is there at all: protobuf's default is 1970. */
    public static boolean isSet(Timestamp at) {
        return at.getSeconds() != 0 || at.getNanos() != 0;
    }

    /** To the second, in UTC; "-" when it has not happened. */
    public static String time(Timestamp at) {
        return isSet(at) ? Timestamps.toString(at.toBuilder().setNanos(0).build()) : "-";
    }

    public static Instant instant(Timestamp at) {
        return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
    }

    /** "1 task", "3 tasks". */
    public static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** "owner=web, team=a"; empty when there are none. */
    public static String tags(List<Tag> tags) {
        return tags.stream().map(tag -> tag.getKey() + "=" + tag.getValue()).collect(Collectors.joining(", "));
    }

    /** MiB below a GiB, GiB with one digit above. */
    public static String memory(long mebibytes) {
        return mebibytes < 1024
                ? mebibytes + " MiB"
                : (mebibytes % 1024 == 0 ? mebibytes / 1024 + " GiB" : Math.round(mebibytes / 102.4) / 10.0 + " GiB");
    }

    /** How much of a whole is left: "256/640 MiB", "512 MiB/23.5 GiB". */
    public static String memory(long left, long whole) {
        String all = memory(whole);
        String unit = all.substring(all.indexOf(' '));
        String free = memory(left);
        return (free.endsWith(unit) ? free.substring(0, free.length() - unit.length()) : free) + "/" + all;
    }

    /** Why a task stopped, without the ids of what stands beside it. */
    public static String withoutIds(String reason) {
        return IDS.matcher(reason).replaceAll("");
    }

    /** As much of an id as people need to tell it from others. */
    public static String shortId(String id) {
        return id.length() <= ID_SHOWN ? id : id.substring(0, ID_SHOWN);
    }
}
