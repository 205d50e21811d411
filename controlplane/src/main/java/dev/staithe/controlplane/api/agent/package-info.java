/** The edge at which agents connect: protocol only, everything is handed to {@code dispatch}. */
@NullMarked
package dev.staithe.controlplane.api.agent;

import org.jspecify.annotations.NullMarked;
