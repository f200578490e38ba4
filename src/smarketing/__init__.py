"""One agreement between sales and marketing, run on the facts of both sides."""
