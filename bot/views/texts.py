"""Labels of buttons on cards that aren't made of parts yet."""

OPEN = "Open"
WHAT_FIRST = "What first?"
