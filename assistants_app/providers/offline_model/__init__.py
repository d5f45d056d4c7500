"""The parts of Easel's offline chat model: a demonstration, no language model.

Every module is pure: a request goes in, plain values come out. Nothing here is random,
keeps state, or knows a network.
"""
