"""Pictures: SVG text by plain functions, drawn in a process of its own."""
