"""Words for the screen: what fits in a text, and how it is counted. Pure: it sends nothing and knows no carrier."""
