"""The main job, played end to end through HTTP on real input: ``make story``."""
