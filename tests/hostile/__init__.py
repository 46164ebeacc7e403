"""Files made to break a reader: what each is, and what must be said of it."""
