package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How far a deployment may go below and above the desired count, and what ends one that does not work. */
final class RollingOptions {
    @Option(
            names = {"--min-healthy", "--minimum-healthy-percent"},
            paramLabel = "PERCENT",
            description = "Percent of the desired count that stays healthy in a deployment (default: 100; DAEMON: 0).")
    @Nullable
    Integer minimum;

    @Option(
            names = {"--max", "--maximum-percent"},
            paramLabel = "PERCENT",
            description = "Percent of the desired count that may run in a deployment (default: 200; DAEMON: 100).")
    @Nullable
    Integer maximum;

    @Option(
            names = "--circuit-breaker",
            paramLabel = "on|rollback|off",
            description = "Give a deployment up whose tasks do not come up; rollback: and go back to the last one that"
                    + " completed (default: off).")
    @Nullable
    String breaker;

    /** What the user gave; empty when that is nothing. */
    Optional<DeploymentConfiguration> configuration() {
        DeploymentConfiguration.Builder configuration = DeploymentConfiguration.newBuilder();
        if (minimum != null) {
            configuration.setMinimumHealthyPercent(minimum);
        }
        if (maximum != null) {
            configuration.setMaximumPercent(maximum);
        }
        if (breaker != null) {
            configuration.setDeploymentCircuitBreaker(breaker(breaker));
        }
        boolean nothing = configuration.getAllFields().isEmpty();
        return nothing ? Optional.empty() : Optional.of(configuration.build());
    }

    private static DeploymentCircuitBreaker breaker(String given) {
        return switch (given) {
            case "on" -> breaker(true, false);
            case "rollback" -> breaker(true, true);
            case "off" -> breaker(false, false);
            default -> throw CommandFailure.usage("--circuit-breaker: " + given + " (expected: on, rollback or off)");
        };
    }

    private static DeploymentCircuitBreaker breaker(boolean enable, boolean rollback) {
        return DeploymentCircuitBreaker.newBuilder()
                .setEnable(enable)
                .setRollback(rollback)
                .build();
    }
}
