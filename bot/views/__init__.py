"""The face: core values become cards; every word a person reads stands in texts.py."""
