"""The content library: words from files become the graph, and every rule they must obey is checked here."""
