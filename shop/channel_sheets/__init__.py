"""The marketplaces' own sheets: a shop's empty template filled by key, and what came back of it."""
