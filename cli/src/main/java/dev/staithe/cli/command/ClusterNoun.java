package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "cluster",
        description = "Clusters: names under which container instances, services and tasks are grouped.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe cluster create staging", "  staithe cluster list"})
final class ClusterNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(
                new ClusterCreate(),
                new ClusterList(),
                new ClusterDescribe(),
                new ClusterReleaseBrake(),
                new ClusterDelete());
    }
}
