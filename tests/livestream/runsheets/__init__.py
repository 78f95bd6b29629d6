"""Run sheets: rules, services, pages."""
