@NullMarked
package dev.staithe.controlplane.reconcile;

import org.jspecify.annotations.NullMarked;
