package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.Execs;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Runs commands by the engine's exec calls. May be called from any thread. */
final class DockerExecs implements Execs, AutoCloseable {
    private final EngineConnection connection;
    private final TimedCalls calls;
    private final DockerDeadlines deadlines;
    private final Ownership ownership;
    private final Environment environment;
    private final EventLoop loop;
    private final Set<DockerExec> running = ConcurrentHashMap.newKeySet();

    DockerExecs(
            EngineConnection connection,
            TimedCalls calls,
            DockerDeadlines deadlines,
            Ownership ownership,
            Environment environment,
            EventLoop loop) {
        this.connection = connection;
        this.calls = calls;
        this.deadlines = deadlines;
        this.ownership = ownership;
        this.environment = environment;
        this.loop = loop;
    }

    @Override
    public Running start(String id, Command command, Sink sink) throws ContainerFault {
        String execId = calls.within(deadlines.inspect(), Kind.CannotExecuteCommandError, ticket -> {
            DockerClient client = connection.client();
            if (!ownership.confirm(client, id, Kind.CannotExecuteCommandError)) {
                throw new ContainerFault(Kind.CannotExecuteCommandError, "No such container: " + id, false);
            }
            return client.execCreateCmd(id)
                    .withCmd(command.arguments().toArray(String[]::new))
                    .withTty(command.terminal())
                    .withAttachStdin(command.input())
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .exec()
                    .getId();
        });
        DockerExec exec = new DockerExec(
                connection, calls, deadlines, environment, loop, id, execId, command, sink, running::remove);
        running.add(exec);
        try {
            exec.begin();
        } catch (ContainerFault | RuntimeException fault) {
            exec.close();
            throw fault;
        }
        return exec;
    }

    /** Ends all that run. */
    @Override
    public void close() {
        running.forEach(DockerExec::kill);
        running.clear();
    }
}
