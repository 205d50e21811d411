package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "service",
        description = "Services: keep a number of tasks running, and replace them by rolling deployments.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service create web --task-definition web --desired-count 3", "  staithe service ps web"})
final class ServiceNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(
                new ServiceCreate(),
                new ServiceUpdate(),
                new ServiceScale(),
                new ServiceRollback(),
                new ServiceDeployments(),
                new ServiceStopDeployment(),
                new ServiceList(),
                new ServiceDescribe(),
                new ServicePs(),
                new ServiceExplain(),
                new ServiceEvents(),
                new ServiceLogs(),
                new ServiceWait(),
                new ServiceDelete());
    }
}
