package dev.staithe.controlplane.placement;

/** Why a host cannot take a task: from what concerns the whole host to what comes closest to a match. */
public enum Reason {
    INACTIVE("INACTIVE"),
    DRAINING("DRAINING"),
    AGENT("AGENT"),
    ATTRIBUTE("ATTRIBUTE"),
    MEMBER_OF("MemberOf placement constraint unsatisfied."),
    DISTINCT_INSTANCE("DistinctInstance placement constraint unsatisfied."),
    GPU("RESOURCE:GPU"),
    CPU("RESOURCE:CPU"),
    MEMORY("RESOURCE:MEMORY"),
    PORTS("RESOURCE:PORTS");

    private final String code;

    Reason(String code) {
        this.code = code;
    }

    /** As ECS writes it in failures. */
    public String code() {
        return code;
    }
}
