/** Tests of the cluster query language. */
@NullMarked
package dev.staithe.controlplane.placement.query;

import org.jspecify.annotations.NullMarked;
