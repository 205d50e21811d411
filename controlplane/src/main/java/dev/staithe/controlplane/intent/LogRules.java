package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.LogConfiguration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * logConfiguration: the drivers that container engines bring along, each with the options that it knows. Whether a host's
 * engine has the driver is a question of placement. Values are never shown: some are tokens.
 */
final class LogRules {
    private static final String OF_ALL =
            "mode max-buffer-size cache-disabled cache-max-size cache-max-file cache-compress";
    private static final String TAGS = "tag labels labels-regex env env-regex";

    private static final Map<String, Set<String>> DRIVERS = Map.of(
            "json-file", options("max-size max-file compress", TAGS, OF_ALL),
            "local", options("max-size max-file compress", OF_ALL),
            "none", Set.of(),
            "syslog",
                    options(
                            "syslog-address syslog-facility syslog-tls-ca-cert syslog-tls-cert syslog-tls-key"
                                    + " syslog-tls-skip-verify syslog-format",
                            TAGS,
                            OF_ALL),
            "journald", options(TAGS, OF_ALL),
            "gelf",
                    options(
                            "gelf-address gelf-compression-type gelf-compression-level gelf-tcp-max-reconnect"
                                    + " gelf-tcp-reconnect-delay",
                            TAGS,
                            OF_ALL),
            "fluentd",
                    options(
                            "fluentd-address fluentd-async fluentd-async-connect fluentd-async-reconnect-interval"
                                    + " fluentd-buffer-limit fluentd-retry-wait fluentd-max-retries fluentd-request-ack"
                                    + " fluentd-sub-second-precision",
                            TAGS,
                            OF_ALL),
            "awslogs",
                    options(
                            "awslogs-region awslogs-endpoint awslogs-group awslogs-stream awslogs-stream-prefix"
                                    + " awslogs-create-group awslogs-create-stream awslogs-datetime-format"
                                    + " awslogs-multiline-pattern awslogs-force-flush-interval-seconds"
                                    + " awslogs-max-buffered-events awslogs-credentials-endpoint awslogs-format tag",
                            OF_ALL),
            "splunk",
                    options(
                            "splunk-token splunk-url splunk-source splunk-sourcetype splunk-index splunk-capath"
                                    + " splunk-caname splunk-insecureskipverify splunk-format splunk-verify-connection"
                                    + " splunk-gzip splunk-gzip-level splunk-index-acknowledgment",
                            TAGS,
                            OF_ALL));

    private static final String EXPECTED = String.join(" ", new TreeSet<>(DRIVERS.keySet()));

    private LogRules() {}

    static void check(LogConfiguration logs, String at, Problems problems) {
        String driver = logs.getLogDriver();
        Set<String> known = DRIVERS.getOrDefault(driver, Set.of());
        if (driver.equals("awsfirelens")) {
            problems.unsupported(at + ".logDriver", driver, "one of " + EXPECTED);
        } else if (!DRIVERS.containsKey(driver)) {
            problems.invalid(at + ".logDriver", driver, "one of " + EXPECTED);
        } else {
            for (String option : new TreeMap<>(logs.getOptionsMap()).keySet()) {
                if (!known.contains(option)) {
                    problems.invalid(
                            at + ".options",
                            option,
                            known.isEmpty()
                                    ? "no options with driver " + driver
                                    : "one of " + String.join(" ", new TreeSet<>(known)));
                }
            }
            mode(logs.getOptionsOrDefault("mode", ""), at + ".options.mode", problems);
        }
    }

    private static void mode(String mode, String field, Problems problems) {
        if (!Set.of("", "blocking", "non-blocking").contains(mode)) {
            problems.invalid(field, mode, "blocking or non-blocking");
        }
    }

    private static Set<String> options(String... lists) {
        return Set.of(String.join(" ", lists).split(" ", -1));
    }
}
