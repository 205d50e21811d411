package dev.staithe.cli.command;

import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The tasks that a host holds at a moment and the services that they belong to: what a drain has to wait for, and why.
 *
 * @param byService tasks that have not stopped, by the name of their service
 * @param services those of them that the control plane still knows
 * @param standalone tasks of no service that have not stopped: a drain leaves them alone
 */
record HostTasks(SortedMap<String, List<Task>> byService, SortedMap<String, Service> services, int standalone) {
    private static final String OF_SERVICE = "service:";
    private static final int MOST_DESCRIBED = 10;

    /** Asks the control plane. */
    static HostTasks of(Session session, ContainerInstance host) {
        List<Task> tasks = Lookup.tasks(
                session,
                ListTasksRequest.newBuilder()
                        .setContainerInstance(host.getContainerInstanceId())
                        .setDesiredStatus("ALL")
                        .build());
        SortedMap<String, List<Task>> byService = new TreeMap<>();
        int standalone = 0;
        for (Task task : tasks) {
            if (task.getLastStatus().equals("STOPPED")) {
                continue;
            }
            if (task.getGroup().startsWith(OF_SERVICE)) {
                byService
                        .computeIfAbsent(task.getGroup().substring(OF_SERVICE.length()), name -> new ArrayList<>())
                        .add(task);
            } else {
                standalone++;
            }
        }
        return new HostTasks(byService, services(session, List.copyOf(byService.keySet())), standalone);
    }

    private static SortedMap<String, Service> services(Session session, List<String> names) {
        SortedMap<String, Service> services = new TreeMap<>();
        for (int from = 0; from < names.size(); from += MOST_DESCRIBED) {
            DescribeServicesRequest request = DescribeServicesRequest.newBuilder()
                    .setCluster(session.cluster())
                    .addAllServices(names.subList(from, Math.min(names.size(), from + MOST_DESCRIBED)))
                    .build();
            session.controlPlane()
                    .call(ServicesGrpc::newBlockingStub, api -> api.describe(request))
                    .getServicesList()
                    .forEach(service -> services.put(service.getServiceName(), service));
        }
        return services;
    }

    /** Whether no task of a service is left. */
    boolean drained() {
        return byService.isEmpty();
    }

    /** "2 tasks of web left: waiting for replacements to become healthy", service by service. */
    String waiting() {
        return byService.entrySet().stream()
                .map(e -> Words.count(e.getValue().size(), "task") + " of " + e.getKey() + " left: " + why(e.getKey()))
                .collect(Collectors.joining("; "));
    }

    private String why(String name) {
        List<Task> tasks = byService.getOrDefault(name, List.of());
        Optional<Service> service = Optional.ofNullable(services.get(name));
        if (tasks.stream().noneMatch(HostTasks::wanted)) {
            return "stopping";
        }
        if (service.filter(s -> s.getSchedulingStrategy().equals("DAEMON")).isPresent()) {
            return "a daemon, which stops last";
        }
        if (service.filter(Service::hasPlacement).isPresent()) {
            return "its replacement finds no place";
        }
        long held = tasks.stream().filter(Task::hasProtectionExpiresAt).count();
        if (held > 0) {
            return Words.count(held, "task") + " protected from being stopped";
        }
        return tasks.size() == 1
                ? "waiting for a replacement to become healthy"
                : "waiting for replacements to become healthy";
    }

    private static boolean wanted(Task task) {
        return task.getDesiredStatus().equals("RUNNING");
    }

    /** A service whose bounds allow neither one task more nor one less, so that none of its running tasks can move. */
    Optional<Service> stuck() {
        return services.values().stream()
                .filter(s -> s.getSchedulingStrategy().equals("REPLICA"))
                .filter(s -> byService.getOrDefault(s.getServiceName(), List.of()).stream()
                        .anyMatch(t -> wanted(t) && t.getLastStatus().equals("RUNNING")))
                .filter(HostTasks::bound)
                .findFirst();
    }

    private static boolean bound(Service service) {
        long desired = service.getDesiredCount();
        long least = (desired * service.getDeploymentConfiguration().getMinimumHealthyPercent() + 99) / 100;
        long most = desired * service.getDeploymentConfiguration().getMaximumPercent() / 100;
        return service.getDeploymentsCount() > 0 && desired > 0 && least >= desired && most <= desired;
    }

    /** A service of the host whose replacements find no place. */
    Optional<Service> unplaced() {
        return services.values().stream().filter(Service::hasPlacement).findFirst();
    }
}
