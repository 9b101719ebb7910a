"""What nbgrader loads and what is written to its gradebook."""
