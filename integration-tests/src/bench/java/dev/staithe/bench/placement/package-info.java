/**
 * How fast tasks are placed, measured with JMH: start reading at {@code PlacementBench}, which {@code deploy/bench-placement}
 * starts. Not part of the ordinary build.
 */
@NullMarked
package dev.staithe.bench.placement;

import org.jspecify.annotations.NullMarked;
