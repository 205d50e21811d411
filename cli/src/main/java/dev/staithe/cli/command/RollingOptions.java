package dev.staithe.cli.command;

import dev.staithe.proto.v1.DeploymentConfiguration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How far a deployment may go below and above the desired count. */
final class RollingOptions {
    @Option(
            names = {"--min-healthy", "--minimum-healthy-percent"},
            paramLabel = "PERCENT",
            description = "Percent of the desired count that stays healthy in a deployment (default: 100).")
    @Nullable
    Integer minimum;

    @Option(
            names = {"--max", "--maximum-percent"},
            paramLabel = "PERCENT",
            description = "Percent of the desired count that may run in a deployment (default: 200).")
    @Nullable
    Integer maximum;

    /** What the user gave; empty when that is nothing. */
    Optional<DeploymentConfiguration> configuration() {
        DeploymentConfiguration.Builder configuration = DeploymentConfiguration.newBuilder();
        if (minimum != null) {
            configuration.setMinimumHealthyPercent(minimum);
        }
        if (maximum != null) {
            configuration.setMaximumPercent(maximum);
        }
        return minimum == null && maximum == null ? Optional.empty() : Optional.of(configuration.build());
    }
}
