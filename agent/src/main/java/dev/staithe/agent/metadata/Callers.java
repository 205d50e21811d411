package dev.staithe.agent.metadata;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.NetworkAddress;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.reconcile.ContainerRequests;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a request comes from the container that it says it comes from: whoever learnt another's id is not that
 * container all the same. Blocks: asks the engine where what was last seen does not fit.
 */
final class Callers {
    private static final String JOINED = "container:";

    private final ContainerRuntime runtime;

    Callers(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * The container as it is, when the request comes from it; empty when it comes from somebody else.
     *
     * @param seen what it was when it was last seen; empty = the engine is to be asked
     */
    Optional<ContainerView> confirm(
            HeldTask held, LocalContainer container, Optional<ContainerView> seen, String source)
            throws ContainerFault {
        if (seen.isPresent() && comesFrom(seen.get(), source)) {
            return seen;
        }
        Optional<String> known = knownAs(held, container);
        // It may have started, or started again, a moment ago.
        Optional<ContainerView> now = known.isPresent() ? runtime.inspect(known.get()) : Optional.empty();
        return now.isPresent() && comesFrom(now.get(), source) ? now : Optional.empty();
    }

    /** What the engine knows it by: its name as long as the answer that brings its id is on the way. */
    private static Optional<String> knownAs(HeldTask held, LocalContainer container) {
        if (container.onEngine()) {
            return Optional.of(container.runtimeId());
        }
        AssignedTask assignment = held.task().assignment();
        return assignment == null || container.over()
                ? Optional.empty()
                : Optional.of(ContainerRequests.name(assignment, container.name()));
    }

    /** Whether the container, as it was seen, has that address. */
    boolean comesFrom(ContainerView view, String source) throws ContainerFault {
        String mode = view.presence().networkMode();
        if (mode.equals("host")) {
            return ofThisHost(source);
        }
        if (mode.startsWith(JOINED)) {
            Optional<ContainerView> owner = runtime.inspect(mode.substring(JOINED.length()));
            return owner.isPresent() && has(owner.get().presence().addresses(), source);
        }
        return has(view.presence().addresses(), source);
    }

    private static boolean has(List<NetworkAddress> addresses, String source) {
        return addresses.stream()
                .anyMatch(a -> a.ipv4().equals(source) || a.ipv6().equals(source));
    }

    private static boolean ofThisHost(String source) {
        try {
            // Digits: nobody is asked for a name.
            return NetworkInterface.getByInetAddress(InetAddress.getByName(source)) != null;
        } catch (SocketException | UnknownHostException unknown) {
            return false;
        }
    }
}
