package dev.staithe.agent.container.docker;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** linuxParameters, ulimits and systemControls. */
final class LinuxMappingTest extends MappingTable {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                                         | HostConfig.Init    | absent | ''
                    linux_parameters { init_process_enabled: true }            | HostConfig.Init    | true   | ''
                    linux_parameters { init_process_enabled: false }           | HostConfig.Init    | false  | ''
                    linux_parameters { shared_memory_size: 32 }                | HostConfig.ShmSize | 33554432 | ''
                    linux_parameters { devices { host_path: "/dev/null" } }    | HostConfig.Devices | [{"CgroupPermissions":"rwm","PathOnHost":"/dev/null","PathInContainer":"/dev/null"}] | ''
                    linux_parameters { devices { host_path: "/dev/null" container_path: "/dev/hole" permissions: "read" } } | HostConfig.Devices | [{"CgroupPermissions":"r","PathOnHost":"/dev/null","PathInContainer":"/dev/hole"}] | ''
                    linux_parameters { tmpfs { container_path: "/run" size: 8 } } | HostConfig.Tmpfs | {"/run":"size=8m"} | ''
                    linux_parameters { tmpfs { container_path: "/run" size: 8 mount_options: ["defaults", "noexec", "mode=1777"] } } | HostConfig.Tmpfs | {"/run":"size=8m,noexec,mode=1777"} | ''
                    memory: 64 linux_parameters { max_swap: 32 }               | HostConfig.MemorySwap | 100663296 | ''
                    memory: 64 linux_parameters { max_swap: 0 }                | HostConfig.MemorySwap | 67108864  | ''
                    memory: 64 linux_parameters { swappiness: 10 }             | HostConfig.MemorySwappiness | 10 | ''
                    memory: 64 linux_parameters { swappiness: 0 }              | HostConfig.MemorySwappiness | 0  | ''
                    ulimits { name: "nofile" soft_limit: 1024 hard_limit: 2048 } | HostConfig.Ulimits | [{"Name":"nofile","Soft":1024,"Hard":2048}] | ''
                    ulimits { name: "memlock" soft_limit: -1 hard_limit: -1 }  | HostConfig.Ulimits | [{"Name":"memlock","Soft":-1,"Hard":-1}] | ''
                    system_controls { namespace: "net.core.somaxconn" value: "512" } | HostConfig.Sysctls | {"net.core.somaxconn":"512"} | ''
                    """)
    void sets(String app, String path, String asked, String shown) throws Exception {
        check("", app, path, asked, shown);
    }
}
