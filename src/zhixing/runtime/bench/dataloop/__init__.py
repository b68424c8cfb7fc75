"""The data loop's figures: ``suite`` takes them all, each of the others one row of its table."""
