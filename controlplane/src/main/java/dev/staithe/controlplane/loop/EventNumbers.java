package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Draft;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.reconcile.Decision;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.runtime.Ids;
import java.util.Collection;

/** Adds events of services to a draft: numbered, and not more than are kept. */
final class EventNumbers {
    /** As ECS keeps. */
    private static final int KEPT = 100;

    private EventNumbers() {}

    static void add(Draft draft, Decision.Announce announce, long millis) {
        Service service = announce.service();
        String text = "(service " + service.name() + ") " + announce.message();
        Collection<ServiceEvent> events = draft.state().events(service.uid());
        long number = draft.state()
                .newestEvent(service.uid())
                .map(e -> e.number() + 1)
                .orElse(1L);
        draft.put(new ServiceEvent(
                Ids.derived(service.uid(), "event", Long.toString(number)),
                service.cluster(),
                service.uid(),
                number,
                millis,
                text,
                announce.cause()));
        events.stream()
                .limit(Math.max(0, events.size() + 1 - KEPT))
                .forEach(e -> draft.delete(Keys.event(e.cluster(), e.serviceUid(), e.number())));
    }
}
