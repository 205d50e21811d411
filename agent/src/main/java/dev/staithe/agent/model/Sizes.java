package dev.staithe.agent.model;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CPU and memory of whole tasks, which are text: "256", "0.5 vCPU"; "512", "2GB". */
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)\\s*(vcpu|gb)?");

    private Sizes() {}

    /**
     * CPU units, 1024 a core.
     *
     * @throws IllegalArgumentException when the text is no such size; the message names the field and the value
     */
    public static long cpu(String text) {
        return units("cpu", "vcpu", text);
    }

    /**
     * MiB.
     *
     * @throws IllegalArgumentException when the text is no such size; the message names the field and the value
     */
    public static long memory(String text) {
        return units("memory", "gb", text);
    }

    private static long units(String field, String unit, String text) {
        Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        boolean plain = matcher.matches() && matcher.group(2) == null;
        if (!matcher.matches() || (!plain && !unit.equals(matcher.group(2)))) {
            throw new IllegalArgumentException(
                    field + ": " + text + " (expected: a number, or a number and " + unit + ")");
        }
        LongUnaryOperator scale = thousandths -> plain ? thousandths / 1000 : thousandths * 1024 / 1000;
        return scale.applyAsLong(
                new BigDecimal(matcher.group(1)).movePointRight(3).longValueExact());
    }
}
