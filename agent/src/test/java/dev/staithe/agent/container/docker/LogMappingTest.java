package dev.staithe.agent.container.docker;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Log drivers and their options, and the terminal that what is logged is written to. */
final class LogMappingTest extends MappingTable {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    log_driver: "syslog" options { key: "syslog-address" value: "udp://127.0.0.1:514" } | {"Type":"syslog","Config":{"syslog-address":"udp://127.0.0.1:514"}}
                    log_driver: "journald" options { key: "tag" value: "x" }  | {"Type":"journald","Config":{"tag":"x"}}
                    log_driver: "gelf" options { key: "gelf-address" value: "udp://127.0.0.1:1" } | {"Type":"gelf","Config":{"gelf-address":"udp://127.0.0.1:1"}}
                    log_driver: "fluentd" options { key: "fluentd-async" value: "true" } | {"Type":"fluentd","Config":{"fluentd-async":"true"}}
                    log_driver: "json-file" options { key: "mode" value: "non-blocking" } | {"Type":"json-file","Config":{"mode":"non-blocking"}}
                    log_driver: "awslogs" options { key: "awslogs-group" value: "g" } options { key: "awslogs-stream-prefix" value: "p" } | {"Type":"awslogs","Config":{"awslogs-group":"g","awslogs-stream":"p/app/0123456789abcdef0123456789abcdef"}}
                    """)
    void drives(String logs, String expected) throws Exception {
        check("", "log_configuration { " + logs + " }", "HostConfig.LogConfig", expected, "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                    | Tty       | false
                    pseudo_terminal: true | Tty       | true
                    interactive: true     | OpenStdin | true
                    """)
    void opensATerminal(String app, String field, String value) throws Exception {
        check("", app, "Config." + field, "absent", value);
        removeContainers();
        check("", app, field, value, "absent");
    }
}
