"""The face: core values become cards, each with its words beside it."""
