"""Questions with known answers in, figures out: how well retrieval, reading and refusing work."""
