"""How well transitions are ranked, scored against what O*NET and the Census publish."""
