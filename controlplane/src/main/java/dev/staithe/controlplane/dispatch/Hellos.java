package dev.staithe.controlplane.dispatch;

import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.HostFacts;
import dev.staithe.proto.agent.v1.Refused;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an agent must say of itself to be let in. Pure. */
final class Hellos {
    /** The version of the session protocol that this release speaks. */
    static final int PROTOCOL = 1;

    /** They become a record of the store. */
    private static final int MOST_FACTS_BYTES = 64 * 1024;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,255}");

    private Hellos() {}

    static Optional<Refused> check(Hello hello) {
        HostFacts facts = hello.getFacts();
        if (hello.getMinProtocol() > PROTOCOL || hello.getMaxProtocol() < PROTOCOL) {
            return refused(
                    "PROTOCOL",
                    "protocol " + hello.getMinProtocol() + "-" + hello.getMaxProtocol()
                            + " (expected: one that includes " + PROTOCOL
                            + "; upgrade the older of agent and control plane)");
        }
        if (!ID.matcher(hello.getInstanceId()).matches()) {
            return invalid("instanceId", hello.getInstanceId(), "32 hexadecimal digits");
        }
        if (!NAME.matcher(hello.getCluster()).matches()) {
            return invalid("cluster", hello.getCluster(), "1-255 of A-Z a-z 0-9 _ -");
        }
        if (facts.getHostName().isEmpty() || facts.getHostName().length() > 255) {
            return invalid("hostName", facts.getHostName(), "1-255 characters");
        }
        if (facts.getCpuUnits() < 0 || facts.getMemoryMib() < 0) {
            return invalid("cpuUnits, memoryMib", facts.getCpuUnits() + ", " + facts.getMemoryMib(), ">= 0");
        }
        if (facts.getSerializedSize() > MOST_FACTS_BYTES) {
            return invalid("facts", facts.getSerializedSize() + " bytes", "at most " + MOST_FACTS_BYTES);
        }
        return Optional.empty();
    }

    private static Optional<Refused> invalid(String field, String value, String expected) {
        String shown = value.length() > 80 ? value.substring(0, 80) + "..." : value;
        return refused("INVALID", field + ": " + shown + " (expected: " + expected + ")");
    }

    static Optional<Refused> refused(String reason, String detail) {
        return Optional.of(
                Refused.newBuilder().setReason(reason).setDetail(detail).build());
    }
}
