package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "instance",
        aliases = "container-instance",
        description = "Container instances: the hosts with an agent.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance list", "  staithe instance drain host-a --wait"})
final class InstanceNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(
                new InstanceList(),
                new InstanceDescribe(),
                new InstanceDrain(),
                new InstanceActivate(),
                new InstanceDeregister());
    }

    @Override
    public List<Object> parts() {
        return List.of(new InstanceAttributes());
    }
}
