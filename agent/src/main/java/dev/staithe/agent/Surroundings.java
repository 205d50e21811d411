package dev.staithe.agent;

import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.docker.DockerDeadlines;
import dev.staithe.agent.container.docker.DockerRuntime;
import dev.staithe.agent.host.HostIdentity;
import dev.staithe.agent.ledger.FileLedger;
import dev.staithe.agent.ledger.TaskLedger;
import dev.staithe.agent.session.Dialer;
import dev.staithe.agent.session.grpc.GrpcDialer;
import dev.staithe.agent.traffic.ConnectionGate;
import dev.staithe.agent.traffic.fake.FakeGate;
import dev.staithe.agent.traffic.linux.LinuxGate;
import dev.staithe.runtime.Environment;
import java.io.IOException;
import java.net.URI;

/**
 * What an agent finds outside its process: on its host, and behind the network. Simulated as a whole, or wrapped in part.
 *
 * @param ledger of this host, for this agent alone while it lives
 * @param engine called once, with the instance id that the ledger holds
 * @param gate likewise
 * @param dialer the way to control planes
 */
public record Surroundings(HostIdentity host, TaskLedger ledger, Engines engine, Gates gate, Dialer dialer) {
    /** Connects to the container engine as a container instance, whose label it lists by. */
    @FunctionalInterface
    public interface Engines {
        ContainerRuntime open(String instanceId);
    }

    /** Opens what refuses connections on this host, for a container instance: what it makes carries that name. */
    @FunctionalInterface
    public interface Gates {
        ConnectionGate open(String instanceId);
    }

    /** The host that this process runs on. The ledger has been read once: what is wrong with it is thrown here. */
    public static Surroundings real(AgentConfig config, Environment environment) throws IOException {
        FileLedger ledger = new FileLedger(config.dataDirectory());
        ledger.load();
        return new Surroundings(
                HostIdentity.read(),
                ledger,
                instance -> new DockerRuntime(
                        URI.create(config.dockerHost()),
                        config.imagePulls().dockerConfig(),
                        instance,
                        environment,
                        DockerDeadlines.standard()),
                instance -> LinuxGate.of(instance, environment.time()),
                new GrpcDialer());
    }

    /** As these, without a hand on the host's firewall. */
    Surroundings watchingOnly() {
        return new Surroundings(host, ledger, engine, instance -> new FakeGate(), dialer);
    }
}
