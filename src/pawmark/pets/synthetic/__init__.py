"""The drawn photographs."""
