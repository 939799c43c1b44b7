"""The cases, each a function of the stage that returns its report."""
