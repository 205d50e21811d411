/** Tests of the events of clusters. */
@NullMarked
package dev.staithe.controlplane.events;

import org.jspecify.annotations.NullMarked;
