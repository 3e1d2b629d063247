"""x."""
FRAUDES = {}
