@NullMarked
package dev.staithe.controlplane.placement;

import org.jspecify.annotations.NullMarked;
