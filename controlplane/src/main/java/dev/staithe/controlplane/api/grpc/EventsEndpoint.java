package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.events.ClusterEvents;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.ListEventsRequest;
import dev.staithe.proto.v1.ListEventsResponse;
import dev.staithe.proto.v1.WatchClusterRequest;
import dev.staithe.proto.v1.WatchEventsRequest;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;

/** The service {@code staithe.v1.Events}. */
final class EventsEndpoint extends EventsGrpc.EventsImplBase {
    private static final int MOST = 100;

    private final View view;
    private final ClusterEvents clusterEvents;
    private final Pushing pushing;

    EventsEndpoint(View view, ClusterEvents clusterEvents, Pushing pushing) {
        this.view = view;
        this.clusterEvents = clusterEvents;
        this.pushing = pushing;
    }

    @Override
    public void list(ListEventsRequest request, StreamObserver<ListEventsResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            Service service = View.service(state, request.getCluster(), request.getService());
            List<ServiceEvent> newestFirst = new ArrayList<>(state.events(service.uid())).reversed();
            return ListEventsResponse.newBuilder()
                    .addAllEvents(newestFirst.stream()
                            .limit(MOST)
                            .map(ServiceMessages::event)
                            .toList())
                    .build();
        });
    }

    /** The state keeps the events for a slow watcher: none is lost and nothing queues up. */
    @Override
    public void watch(WatchEventsRequest request, StreamObserver<dev.staithe.proto.v1.ServiceEvent> caller) {
        pushing.start(caller, push -> new Watching(request, push), signal -> view.subscribe(state -> signal.run()));
    }

    @Override
    public void watchCluster(WatchClusterRequest request, StreamObserver<dev.staithe.proto.v1.ClusterEvent> caller) {
        pushing.start(
                caller, push -> new ClusterEventsWatch(view, clusterEvents, request, push), clusterEvents::subscribe);
    }

    private final class Watching implements Pushing.Work {
        private final WatchEventsRequest request;
        private final Pushing.Push<dev.staithe.proto.v1.ServiceEvent> push;
        private String uid = "";
        private long last;

        Watching(WatchEventsRequest request, Pushing.Push<dev.staithe.proto.v1.ServiceEvent> push) {
            this.request = request;
            this.push = push;
        }

        @Override
        public void push() throws IntentException {
            ClusterState state = view.current();
            Service service = View.service(state, request.getCluster(), request.getService());
            if (!service.uid().equals(uid)) {
                // Another service of that name: its events count from the beginning.
                uid = service.uid();
                last = 0;
            }
            for (ServiceEvent event : state.events(uid)) {
                if (event.number() > last) {
                    if (!push.ready()) {
                        return;
                    }
                    push.send(ServiceMessages.event(event));
                    last = event.number();
                }
            }
        }
    }
}
