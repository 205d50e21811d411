package dev.staithe.agent.secrets;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.proto.agent.v1.SecretsFetch;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Asks the control plane for values, each time they are needed. Keeps nothing. */
public final class FetchedSecrets implements SecretSource {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Questions questions;

    public FetchedSecrets(Questions questions) {
        this.questions = questions;
    }

    @Override
    public void fetch(String taskId, SortedSet<String> names, Consumer<Outcome<SecretValues>> then) {
        if (names.isEmpty()) {
            then.accept(new Outcome.Done<>(SecretValues.NONE));
            return;
        }
        Fetch question = Fetch.newBuilder()
                .setTaskId(taskId)
                .setSecrets(SecretsFetch.newBuilder().addAllNames(names))
                .build();
        questions.ask(question, PATIENCE, outcome -> {
            switch (outcome) {
                case Outcome.Done<Fetched> answer -> then.accept(complete(names, answer.value()));
                case Outcome.Failed<Fetched> failed -> then.accept(new Outcome.Failed<>(failed.cause()));
            }
        });
    }

    private static Outcome<SecretValues> complete(SortedSet<String> names, Fetched answer) {
        TreeSet<String> missing = new TreeSet<>(names);
        missing.removeAll(answer.getSecretsMap().keySet());
        return missing.isEmpty()
                ? new Outcome.Done<>(new SecretValues(answer.getSecretsMap()))
                : new Outcome.Failed<>(new ContainerFault(
                        Kind.ResourceInitializationError,
                        "secrets " + String.join(", ", missing) + ": the control plane did not hand them out",
                        false));
    }
}
