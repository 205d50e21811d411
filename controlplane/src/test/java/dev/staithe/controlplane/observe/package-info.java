/** Tests of how reports are merged: {@link dev.staithe.controlplane.observe.StatusMergeTest}. */
@NullMarked
package dev.staithe.controlplane.observe;

import org.jspecify.annotations.NullMarked;
