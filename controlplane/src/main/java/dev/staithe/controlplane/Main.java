package dev.staithe.controlplane;

import dev.staithe.runtime.ConfigFile;
import dev.staithe.runtime.DaemonLog;
import dev.staithe.runtime.DaemonProcess;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.SystemEnvironment;
import java.nio.file.Path;

/** {@code java dev.staithe.controlplane.Main --config FILE}: one replica as a process of its own. */
public final class Main {
    /** EX_USAGE and EX_CONFIG of sysexits.h. */
    private static final int EXIT_USAGE = 64;

    private static final int EXIT_CONFIG = 78;

    private Main() {}

    public static void main(String[] args) {
        DaemonLog.start();
        if (args.length != 2 || !args[0].equals("--config")) {
            exit(EXIT_USAGE, "usage: dev.staithe.controlplane.Main --config FILE");
            return;
        }
        try {
            ControlPlaneConfig config = ConfigFile.read(Path.of(args[1]), ControlPlaneConfig.class);
            Environment environment = SystemEnvironment.create();
            Server server = new Server(config, environment);
            server.start();
            DaemonProcess.runUntilSignalled(server::stop);
        } catch (ConfigFile.Invalid e) {
            exit(EXIT_CONFIG, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            exit(1, "the control plane cannot start: " + e.getMessage());
        }
    }

    private static void exit(int status, String message) {
        System.err.println(message);
        System.exit(status);
    }
}
