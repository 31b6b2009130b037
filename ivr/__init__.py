"""The program of the line: webhooks in, reviewed words out."""
