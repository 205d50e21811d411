package dev.staithe.controlplane.intent;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CPU and memory of whole tasks, which ECS writes as text: "256", "1 vCPU"; "512", "1GB". */
final class Sizes {
    static final int LARGEST_CPU = 196_608;

    /** MiB; the engine refuses less. */
    static final int SMALLEST_MEMORY = 6;

    /** MiB: 32 TiB. */
    static final int LARGEST_MEMORY = 1 << 25;

    static final String EXPECTED_CPU = "CPU units from 1 to " + LARGEST_CPU + " such as 256, or 0.25 vCPU";
    static final String EXPECTED_MEMORY =
            "MiB from " + SMALLEST_MEMORY + " to " + LARGEST_MEMORY + " such as 512, or 0.5 GB";

    private static final BigDecimal FACTOR = BigDecimal.valueOf(1024);
    private static final Pattern PLAIN = Pattern.compile("[0-9]{1,9}");
    private static final Pattern CPU =
            Pattern.compile("([0-9]{0,6}(?:\\.[0-9]{1,10})?) ?vcpus?", Pattern.CASE_INSENSITIVE);
    private static final Pattern MEMORY =
            Pattern.compile("([0-9]{0,6}(?:\\.[0-9]{1,10})?) ?gb", Pattern.CASE_INSENSITIVE);

    private Sizes() {}

    /** Units, 1024 a core; empty when the text means no size that a task may have. */
    static Optional<Integer> cpu(String text) {
        return size(text, CPU).filter(units -> units >= 1 && units <= LARGEST_CPU);
    }

    /** MiB; empty when the text means no size that a task may have. */
    static Optional<Integer> memory(String text) {
        return size(text, MEMORY).filter(mib -> mib >= SMALLEST_MEMORY && mib <= LARGEST_MEMORY);
    }

    private static Optional<Integer> size(String text, Pattern withUnit) {
        if (PLAIN.matcher(text).matches()) {
            return Optional.of(Integer.valueOf(text));
        }
        Matcher matcher = withUnit.matcher(text);
        if (!matcher.matches() || matcher.group(1).isEmpty()) {
            return Optional.empty();
        }
        BigDecimal size = new BigDecimal(matcher.group(1)).multiply(FACTOR).stripTrailingZeros();
        return size.scale() > 0 ? Optional.empty() : Optional.of(size.intValueExact());
    }
}
