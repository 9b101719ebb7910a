"""What authors of assignments and courses use."""
