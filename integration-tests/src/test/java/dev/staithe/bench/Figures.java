package dev.staithe.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Samples of one duration, in milliseconds. */
final class Figures {
    private final String name;
    private final List<Double> samples = new ArrayList<>();

    Figures(String name) {
        this.name = name;
    }

    void add(long nanos) {
        samples.add(nanos / 1e6);
    }

    double at(double quantile) {
        List<Double> sorted = new ArrayList<>(samples);
        Collections.sort(sorted);
        return sorted.get((int) Math.round(quantile * (sorted.size() - 1)));
    }

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-52s %7s %8s %8s %8s %8s %6s",
                "",
                "samples",
                "min ms",
                "p50 ms",
                "p99 ms",
                "max ms",
                "ratio");
    }

    /** One row; the ratio is that of the medians. */
    String row(Figures floor) {
        return String.format(
                Locale.ROOT,
                "%-52s %7d %8.0f %8.0f %8.0f %8.0f %6.2f",
                name,
                samples.size(),
                at(0),
                at(0.5),
                at(0.99),
                at(1),
                at(0.5) / floor.at(0.5));
    }

    /** One row, with so many things in each sample: their rate by the median, and by the best sample. */
    String row(Figures floor, int things) {
        return row(floor)
                + String.format(Locale.ROOT, "  %5.1f/s, best %.1f/s", things * 1e3 / at(0.5), things * 1e3 / at(0));
    }
}
