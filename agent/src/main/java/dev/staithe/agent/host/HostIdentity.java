package dev.staithe.agent.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which machine this is, and which of its lives.
 *
 * @param hostName for people
 * @param bootId changes when the machine boots
 */
public record HostIdentity(String hostName, String bootId) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    /** Reads them from the kernel. */
    public static HostIdentity read() throws IOException {
        String bootId = Files.readString(BOOT_ID).strip();
        if (bootId.isEmpty()) {
            throw new IOException(BOOT_ID + ": empty (expected: the kernel's boot id)");
        }
        return new HostIdentity(systemName(), bootId);
    }

    private static String systemName() throws UnknownHostException {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException unreadable) {
            return InetAddress.getLocalHost().getHostName();
        }
    }
}
