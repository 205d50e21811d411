package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "secret",
        description = "Secrets: values that tasks get and nobody can read back, stored encrypted.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe secret set db/password", "  staithe secret list"})
final class SecretNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(new SecretSet(), new SecretList(), new SecretDelete(), new SecretReencrypt());
    }
}
