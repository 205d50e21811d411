package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskDefinitionView;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description = "Runs an image as a service: a task definition and a service in one line, then its address.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe run -p 8080 example/web:1",
            "  staithe run --name echo --count 2 -p 80:8080 example/echo -- /echo --verbose"
        })
final class RunCommand implements Verb {
    @Parameters(index = "0", paramLabel = "IMAGE", description = "The image.")
    String image = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "After --: runs instead of the image's own command.")
    List<String> command = new ArrayList<>();

    @Option(
            names = {"-p", "--publish"},
            paramLabel = "[HOST:]PORT[/udp]",
            description = "Publish a port of the container; on a free port of the host unless one is given.")
    List<String> ports = new ArrayList<>();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "A variable for the container; may be given again.")
    List<String> variables = new ArrayList<>();

    @Option(names = "--count", paramLabel = "N", description = "How many tasks (default: 1).")
    int count = 1;

    @Option(names = "--name", paramLabel = "NAME", description = "The service's name (default: the image's).")
    @Nullable
    String name;

    @Option(names = "--memory", paramLabel = "MIB", description = "What a task may use, in MiB (default: 256).")
    int memory = 256;

    @Option(names = "--cpu", paramLabel = "UNITS", description = "What is reserved; 1024 is a core (default: 0).")
    int cpu;

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        wait.limit();
        String service = name == null ? nameOf(image) : name;
        TaskDefinition definition = definition(service);
        refuseExisting(session, service);
        RegisterTaskDefinitionRequest request = RegisterTaskDefinitionRequest.newBuilder()
                .setTaskDefinition(definition)
                .build();
        TaskDefinition registered = session.controlPlane()
                .call(TaskDefinitionsGrpc::newBlockingStub, api -> api.register(request))
                .getTaskDefinition();
        CreateServiceRequest create = CreateServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setServiceName(service)
                .setTaskDefinition(TaskDefinitionView.name(registered))
                .setDesiredCount(count)
                .setClientToken(session.environment().ids().next())
                .build();
        Service created = session.controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.create(create))
                .getService();
        return RolloutWait.finish(session, created, wait);
    }

    /** The last part of the image's name, without tag and digest, as a name that a service may have. */
    static String nameOf(String image) {
        String last = image.replaceFirst("@.*$", "");
        last = last.substring(last.lastIndexOf('/') + 1).replaceFirst(":.*$", "");
        String allowed = last.replaceAll("[^A-Za-z0-9_-]", "-");
        if (allowed.isEmpty()) {
            throw CommandFailure.usage("IMAGE: " + image + " (expected: the name of an image, such as example/web:1)");
        }
        return allowed;
    }

    private TaskDefinition definition(String service) {
        ContainerDefinition.Builder container = ContainerDefinition.newBuilder()
                .setName(service)
                .setImage(image)
                .setMemory(memory)
                .setEssential(true)
                .addAllCommand(command);
        if (cpu != 0) {
            container.setCpu(cpu);
        }
        ports.forEach(port -> container.addPortMappings(port(port)));
        container.addAllEnvironment(Variables.parse("--env", variables));
        return TaskDefinition.newBuilder()
                .setFamily(service)
                .addContainerDefinitions(container)
                .build();
    }

    private static PortMapping port(String text) {
        PortMapping.Builder mapping = PortMapping.newBuilder().setProtocol("tcp");
        String numbers = text;
        int slash = text.indexOf('/');
        if (slash >= 0) {
            mapping.setProtocol(text.substring(slash + 1));
            numbers = text.substring(0, slash);
        }
        String[] parts = numbers.split(":", -1);
        boolean wrong = parts.length > 2 || !mapping.getProtocol().matches("tcp|udp");
        for (String part : parts) {
            wrong |= !part.matches("\\d{1,5}") || Integer.parseInt(part) < 1 || Integer.parseInt(part) > 65_535;
        }
        if (wrong) {
            throw CommandFailure.usage(
                    "--publish: " + text + " (expected: PORT or HOSTPORT:PORT, 1-65535, and /udp for UDP)");
        }
        mapping.setContainerPort(Integer.parseInt(parts[parts.length - 1]));
        mapping.setHostPort(parts.length == 2 ? Integer.parseInt(parts[0]) : 0);
        return mapping.build();
    }

    /** Before anything is registered. */
    private static void refuseExisting(Session session, String service) {
        DescribeServicesRequest request = DescribeServicesRequest.newBuilder()
                .setCluster(session.cluster())
                .addServices(service)
                .build();
        session
                .controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.describe(request))
                .getServicesList()
                .stream()
                .filter(found -> !found.getStatus().equals("INACTIVE"))
                .findFirst()
                .ifPresent(found -> {
                    throw new CommandFailure(
                            ExitCode.ERROR,
                            "there is a service " + service + " already, of " + found.getTaskDefinition(),
                            "--name for another name, or `staithe service update " + service + " ...`");
                });
    }
}
