package dev.staithe.agent;

import dev.staithe.agent.session.Asks;
import dev.staithe.agent.task.TaskWorkers;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.PullProgress;

/** Answers how far the images of tasks have come. Confined to the loop; nothing is kept. */
final class PullAnswers implements Asks {
    private final TaskWorkers workers;

    PullAnswers(TaskWorkers workers) {
        this.workers = workers;
    }

    @Override
    public void asked(Ask ask, Wire wire) {
        if (!ask.hasPulls()) {
            return;
        }
        Answer.Builder answer = Answer.newBuilder().setId(ask.getId()).setEnd(true);
        for (String task : ask.getPulls().getTaskIdsList()) {
            workers.pulls(task)
                    .forEach((container, text) -> answer.addPulls(PullProgress.newBuilder()
                            .setTaskId(task)
                            .setContainer(container)
                            .setText(text)));
        }
        wire.send(answer.build());
    }

    @Override
    public void writable() {}

    @Override
    public void disconnected() {}
}
