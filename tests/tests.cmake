# Tests that cross modules.
