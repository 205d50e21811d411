/**
 * Turns what a pass decided into transactions: bounded, each fenced by leadership, by the revisions it read and by its
 * place in the leader's sequence. The only writer of run keys. Start reading at
 * {@link dev.staithe.controlplane.commit.Committer}.
 */
@NullMarked
package dev.staithe.controlplane.commit;

import org.jspecify.annotations.NullMarked;
