package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "dev",
        description = "Staithe on this machine: a control plane and an agent as background processes.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe dev up", "  staithe dev down --purge"})
final class DevNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(new DevUp(), new DevDown(), new DevStatus());
    }
}
