"""What every page shares: the request's session, guards, errors, language, headers, forms."""
