/**
 * The control plane's composition root. Start reading at {@link dev.staithe.controlplane.ControlPlane}: it is the only
 * place where long-lived objects are made and wired.
 */
@NullMarked
package dev.staithe.controlplane;

import org.jspecify.annotations.NullMarked;
