"""Load, decide, save: each method one transaction, never held across a network call."""
