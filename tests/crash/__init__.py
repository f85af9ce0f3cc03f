"""Killed at any moment: nothing is lost, nothing is half shown, a repeat completes."""
