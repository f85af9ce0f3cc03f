"""The outside world, turned into tables and back."""
