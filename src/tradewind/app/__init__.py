"""The doors, and what wires the house together."""
