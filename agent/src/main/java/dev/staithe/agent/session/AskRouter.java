package dev.staithe.agent.session;

import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.Ask.KindCase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Hands every question to the part that answers its kind, and what follows on it to the same part. Confined to the loop. */
public final class AskRouter implements Asks {
    private final TreeMap<KindCase, Asks> answering;
    private final List<Asks> all;

    /** @param answering who answers questions of which kind; what nobody answers is refused */
    public AskRouter(Map<KindCase, Asks> answering) {
        this.answering = new TreeMap<>(answering);
        this.all = this.answering.values().stream().distinct().toList();
    }

    @Override
    public void asked(Ask ask, Wire wire) {
        if (ask.getKindCase() == KindCase.CANCEL) {
            // Whoever answers it knows its id.
            all.forEach(each -> each.asked(ask, wire));
            return;
        }
        KindCase kind = ask.getKindCase() == KindCase.EXEC_INPUT ? KindCase.EXEC : ask.getKindCase();
        Asks who = answering.get(kind);
        if (who != null) {
            who.asked(ask, wire);
        } else {
            wire.send(Answer.newBuilder()
                    .setId(ask.getId())
                    .setEnd(true)
                    .setError("this agent cannot answer that question")
                    .build());
        }
    }

    @Override
    public void writable() {
        all.forEach(Asks::writable);
    }

    @Override
    public void disconnected() {
        all.forEach(Asks::disconnected);
    }
}
