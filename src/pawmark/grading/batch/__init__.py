"""Many submissions at once, on this machine or a cluster."""
