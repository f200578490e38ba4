"""Routing in a workspace: hand-offs that have nobody get their reps, each once, and the reps are told.

May import records, the derivation of the choice and the notices. Must never decide who gets a lead: `derivations.routing` does.
"""
