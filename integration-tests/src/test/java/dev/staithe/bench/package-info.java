/**
 * Benchmarks: figures for people, never tests with a time in them. Start reading at {@code ReplacementBench}, which
 * {@code deploy/bench} starts.
 */
@NullMarked
package dev.staithe.bench;

import org.jspecify.annotations.NullMarked;
