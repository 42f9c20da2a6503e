"""What the page of an added link says about it."""
