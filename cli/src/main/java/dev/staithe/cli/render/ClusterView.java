package dev.staithe.cli.render;

import dev.staithe.proto.v1.Cluster;
import java.time.Instant;
import java.util.List;

/** Clusters for people. */
public final class ClusterView {
    private ClusterView() {}

    /** One line for each cluster. */
    public static String table(List<Cluster> clusters, Instant now) {
        Table table = new Table("CLUSTER", "STATUS", "INSTANCES", "SERVICES", "RUNNING", "PENDING", "AGE");
        for (Cluster cluster : clusters) {
            table.row(
                    cluster.getClusterName(),
                    cluster.getStatus(),
                    cluster.getRegisteredContainerInstancesCount(),
                    cluster.getActiveServicesCount(),
                    cluster.getRunningTasksCount(),
                    cluster.getPendingTasksCount(),
                    Words.ago(cluster.getCreatedAt(), now));
        }
        return table.orElse("no clusters: create one with `staithe cluster create NAME`");
    }

    /** One cluster in full. */
    public static String text(Cluster cluster, Instant now) {
        Page page = new Page(17);
        page.line("cluster " + cluster.getClusterName() + "  " + cluster.getStatus());
        page.field("hosts", String.valueOf(cluster.getRegisteredContainerInstancesCount()));
        page.field("services", String.valueOf(cluster.getActiveServicesCount()));
        page.field(
                "tasks", cluster.getRunningTasksCount() + " running, " + cluster.getPendingTasksCount() + " pending");
        page.field(
                "created",
                Words.time(cluster.getCreatedAt()) + " (" + Words.ago(cluster.getCreatedAt(), now) + " ago)");
        if (!cluster.getBrake().isEmpty()) {
            page.field("BRAKE", cluster.getBrake());
            page.field("release it", "staithe cluster release-brake " + cluster.getClusterName());
        }
        return page + (cluster.getTagsCount() == 0 ? "" : "\n" + TagView.table(cluster.getTagsList()));
    }
}
