/** Tests of drafts and transactions, on a store in memory: {@link dev.staithe.controlplane.commit.CommitterTest}. */
@NullMarked
package dev.staithe.controlplane.commit;

import org.jspecify.annotations.NullMarked;
