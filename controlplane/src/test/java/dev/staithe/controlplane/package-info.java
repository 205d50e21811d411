/** Tests of a whole replica and of its configuration: {@link dev.staithe.controlplane.DemotionTest}. */
@NullMarked
package dev.staithe.controlplane;

import org.jspecify.annotations.NullMarked;
