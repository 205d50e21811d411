package dev.staithe.agent.container.docker;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PrivilegeMappingTest extends MappingTable {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                                        | HostConfig.Privileged     | false                       | ''
                    ''                                                        | HostConfig.ReadonlyRootfs | false                       | ''
                    ''                                                        | HostConfig.CapAdd         | absent                      | ''
                    ''                                                        | HostConfig.SecurityOpt    | absent                      | ''
                    privileged: true                                          | HostConfig.Privileged     | true                        | ''
                    readonly_root_filesystem: true                            | HostConfig.ReadonlyRootfs | true                        | ''
                    linux_parameters { capabilities { add: "NET_ADMIN" } }    | HostConfig.CapAdd         | ["NET_ADMIN"]               | ''
                    linux_parameters { capabilities { add: "ALL" } }          | HostConfig.CapAdd         | ["ALL"]                     | ''
                    linux_parameters { capabilities { drop: ["ALL", "KILL"] } } | HostConfig.CapDrop      | ["ALL","KILL"]              | ''
                    docker_security_options: "no-new-privileges"              | HostConfig.SecurityOpt    | ["no-new-privileges"]       | ''
                    docker_security_options: "label:disable"                  | HostConfig.SecurityOpt    | ["label=disable"]           | ''
                    docker_security_options: "apparmor=a:b"                   | HostConfig.SecurityOpt    | ["apparmor=a:b"]            | ''
                    """)
    void grants(String app, String path, String asked, String shown) throws Exception {
        check("", app, path, asked, shown);
    }
}
