"""Questions about texts, answered with the texts' own words."""
