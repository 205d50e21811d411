package dev.staithe.agent.metadata;

/** Writes Prometheus's text form, version 0.0.4: a family's head, then its samples. */
final class MetricsText {
    private final StringBuilder text = new StringBuilder();
    private String name = "";

    MetricsText gauge(String family, String help) {
        return family(family, help, "gauge");
    }

    MetricsText counter(String family, String help) {
        return family(family, help, "counter");
    }

    private MetricsText family(String family, String help, String type) {
        name = family;
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /** @param labels names and values, one after the other */
    MetricsText sample(double value, String... labels) {
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            text.append(escaped(labels[i + 1])).append('"');
        }
        text.append(labels.length > 0 ? "} " : " ").append(number(value)).append('\n');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String number(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? Long.toString((long) value) : Double.toString(value);
    }
}
