package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.PlanView;
import dev.staithe.proto.v1.HostsAdded;
import dev.staithe.proto.v1.Hypothesis;
import dev.staithe.proto.v1.PlanRequest;
import dev.staithe.proto.v1.PlanResponse;
import dev.staithe.proto.v1.PlannedHost;
import dev.staithe.proto.v1.PlansGrpc;
import dev.staithe.proto.v1.ServiceChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "plan",
        description =
                "Shows what the scheduler would do if something were so: what would run where, what would stop, what"
                        + " would not fit. Nothing is written. Exits with 0 when nothing would change, with 2 when something"
                        + " would, with 5 when tasks would find no place.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe plan --drain host-a",
            "  staithe plan --scale web=12 --add-host 'cpu=2048,memory=4096,zone=a*2'",
            "  staithe plan --deploy web=web:7 --lose host-b"
        })
final class PlanCommand implements Verb {
    private static final Pattern COUNTED = Pattern.compile("(.*?)(?:\\*([0-9]{1,4}))?");
    private static final String HOST_EXPECTED =
            "(expected: cpu=UNITS,memory=MIB[,zone=Z][,ATTRIBUTE=VALUE...][*COUNT])";

    @Option(
            names = "--add-host",
            paramLabel = "SPEC",
            description = "Hosts that join: cpu=UNITS,memory=MIB[,zone=Z][,ATTRIBUTE=VALUE...][*COUNT], of the kind of"
                    + " those there are; may be given again.")
    List<String> added = new ArrayList<>();

    @Option(names = "--drain", paramLabel = "HOST", description = "A host that is drained; may be given again.")
    List<String> drained = new ArrayList<>();

    @Option(names = "--lose", paramLabel = "HOST", description = "A host that is lost; may be given again.")
    List<String> lost = new ArrayList<>();

    @Option(
            names = "--scale",
            paramLabel = "SERVICE=N",
            description = "A service with another desired count; may be given again.")
    List<String> scaled = new ArrayList<>();

    @Option(
            names = "--deploy",
            paramLabel = "SERVICE=FAMILY[:REVISION]",
            description = "A service with another task definition; may be given again.")
    List<String> deployed = new ArrayList<>();

    @Override
    public ExitCode run(Session session) {
        PlanRequest.Builder request = PlanRequest.newBuilder().setCluster(session.cluster());
        added.forEach(spec -> request.addHypotheses(Hypothesis.newBuilder().setAddHosts(hosts(spec))));
        scaled.forEach(spec -> request.addHypotheses(Hypothesis.newBuilder().setService(scale(spec))));
        deployed.forEach(spec -> request.addHypotheses(Hypothesis.newBuilder().setService(deploy(spec))));
        drained.forEach(host -> request.addHypotheses(Hypothesis.newBuilder().setDrain(host)));
        lost.forEach(host -> request.addHypotheses(Hypothesis.newBuilder().setLose(host)));

        PlanResponse response =
                session.controlPlane().call(PlansGrpc::newBlockingStub, api -> api.plan(request.build()));
        session.output()
                .show(
                        response,
                        response.getHostsList().stream()
                                .map(PlannedHost::getHostName)
                                .toList(),
                        () -> PlanView.text(response, supposed()));
        if (response.getShortagesCount() > 0) {
            return ExitCode.NOT_PLACED;
        }
        return response.getActionsCount() > 0 ? ExitCode.CHANGES_PENDING : ExitCode.OK;
    }

    private String supposed() {
        List<String> all = new ArrayList<>();
        added.forEach(spec -> all.add("host " + spec));
        scaled.forEach(all::add);
        deployed.forEach(all::add);
        drained.forEach(host -> all.add(host + " drained"));
        lost.forEach(host -> all.add(host + " lost"));
        return String.join(", ", all);
    }

    private static HostsAdded hosts(String spec) {
        Matcher counted = COUNTED.matcher(spec);
        if (!counted.matches()) {
            throw wrongHost(spec);
        }
        HostsAdded.Builder hosts =
                HostsAdded.newBuilder().setCount(counted.group(2) == null ? 1 : Integer.parseInt(counted.group(2)));
        for (String part : counted.group(1).split(",", -1)) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2 || pair[0].isBlank()) {
                throw wrongHost(spec);
            }
            switch (pair[0].strip()) {
                case "cpu" -> hosts.setCpuUnits(amount(pair[1], spec));
                case "memory" -> hosts.setMemoryMib(amount(pair[1], spec));
                case "zone" -> hosts.putAttributes("ecs.availability-zone", pair[1].strip());
                default -> hosts.putAttributes(pair[0].strip(), pair[1].strip());
            }
        }
        if (hosts.getCpuUnits() == 0 || hosts.getMemoryMib() == 0) {
            throw wrongHost(spec);
        }
        return hosts.build();
    }

    private static long amount(String text, String spec) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw wrongHost(spec);
        }
    }

    private static CommandFailure wrongHost(String spec) {
        return CommandFailure.usage("--add-host: " + spec + " " + HOST_EXPECTED);
    }

    private static ServiceChanged scale(String spec) {
        String[] pair = pair("--scale", spec, "SERVICE=N");
        try {
            return ServiceChanged.newBuilder()
                    .setService(pair[0])
                    .setDesiredCount(Integer.parseInt(pair[1]))
                    .build();
        } catch (NumberFormatException e) {
            throw CommandFailure.usage("--scale: " + spec + " (expected: SERVICE=N)");
        }
    }

    private static ServiceChanged deploy(String spec) {
        String[] pair = pair("--deploy", spec, "SERVICE=FAMILY[:REVISION]");
        return ServiceChanged.newBuilder()
                .setService(pair[0])
                .setTaskDefinition(pair[1])
                .build();
    }

    private static String[] pair(String option, String spec, String expected) {
        String[] pair = spec.split("=", 2);
        if (pair.length != 2 || pair[0].isBlank() || pair[1].isBlank()) {
            throw CommandFailure.usage(option + ": " + spec + " (expected: " + expected + ")");
        }
        return pair;
    }
}
