"""Channel packs: what a club uploads by hand where a platform has no door for programs."""
