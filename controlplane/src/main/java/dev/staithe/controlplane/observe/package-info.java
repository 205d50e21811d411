/**
 * Takes in what hosts report and merges it into what is stored, so that nothing ever moves backwards. Start reading at
 * {@link dev.staithe.controlplane.observe.StatusMerge}, which is pure.
 */
@NullMarked
package dev.staithe.controlplane.observe;

import org.jspecify.annotations.NullMarked;
