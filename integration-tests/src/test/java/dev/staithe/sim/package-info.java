/**
 * The deterministic simulator: real control planes and real agents on a simulated store, network and container engine, all
 * on one thread, from one seed. Start reading at {@link dev.staithe.sim.Simulation}; {@link dev.staithe.sim.Invariants} says
 * what must hold after every event, {@link dev.staithe.sim.FaultPlan} what goes wrong meanwhile, and
 * {@link dev.staithe.sim.SimulationTest} how a seed is run.
 */
@NullMarked
package dev.staithe.sim;

import org.jspecify.annotations.NullMarked;
