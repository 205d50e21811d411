package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.Plans;
import dev.staithe.controlplane.intent.Rehearsals.Action;
import dev.staithe.controlplane.intent.Rehearsals.Host;
import dev.staithe.controlplane.intent.Rehearsals.Rehearsed;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.PlanRequest;
import dev.staithe.proto.v1.PlanResponse;
import dev.staithe.proto.v1.PlannedAction;
import dev.staithe.proto.v1.PlannedHost;
import dev.staithe.proto.v1.PlannedShortage;
import dev.staithe.proto.v1.PlansGrpc;
import io.grpc.stub.StreamObserver;

/** The service {@code staithe.v1.Plans}. */
final class PlansEndpoint extends PlansGrpc.PlansImplBase {
    private final View view;
    private final Plans plans;

    PlansEndpoint(View view, Plans plans) {
        this.view = view;
        this.plans = plans;
    }

    @Override
    public void plan(PlanRequest request, StreamObserver<PlanResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            return message(plans.plan(request, state, Instances::named));
        });
    }

    private static PlanResponse message(Rehearsed plan) {
        PlanResponse.Builder message =
                PlanResponse.newBuilder().setRevision(plan.revision()).addAllNotes(plan.notes());
        plan.actions().forEach(action -> message.addActions(message(action)));
        plan.shortages()
                .forEach(shortage -> message.addShortages(PlannedShortage.newBuilder()
                        .setService(shortage.service())
                        .setExplanation(shortage.waiting().explanation())));
        plan.hosts().forEach(host -> message.addHosts(message(host)));
        return message.build();
    }

    private static PlannedAction message(Action action) {
        return PlannedAction.newBuilder()
                .setKind(action.starts() ? "START" : "STOP")
                .setService(action.service())
                .setTaskDefinition(action.definition().toString())
                .setContainerInstance(action.host().id())
                .setHostName(action.host().hostName())
                .setTaskId(action.known() ? action.taskId() : "")
                .setReason(action.reason())
                .setStep(action.step())
                .build();
    }

    private static PlannedHost message(Host host) {
        return PlannedHost.newBuilder()
                .setContainerInstance(host.instance().id())
                .setHostName(host.instance().hostName())
                .setCpuUnits(host.instance().cpu())
                .setCpuUsedBefore(host.before().cpu())
                .setCpuUsedAfter(host.after().cpu())
                .setMemoryMib(host.instance().memory())
                .setMemoryUsedBefore(host.before().memory())
                .setMemoryUsedAfter(host.after().memory())
                .setTasksBefore(host.before().tasks())
                .setTasksAfter(host.after().tasks())
                .setFate(host.fate().name())
                .build();
    }
}
