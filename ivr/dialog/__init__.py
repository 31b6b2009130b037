"""The pure core: (graph, state, input) -> turn. It knows no web, no store, no clock and no channel."""
