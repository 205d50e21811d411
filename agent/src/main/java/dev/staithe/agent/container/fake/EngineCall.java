package dev.staithe.agent.container.fake;

/** The calls of the port, to count them and to let single ones fail. */
public enum EngineCall {
    ENGINE,
    FIND_IMAGE,
    PULL_IMAGE,
    LIST_IMAGES,
    REMOVE_IMAGE,
    DISK,
    CREATE,
    START,
    STOP,
    REMOVE,
    REMOVE_VOLUME,
    MAKE_SANDBOX,
    REMOVE_SANDBOX,
    INSPECT,
    LIST,
    LIST_VOLUMES,
    EXEC
}
