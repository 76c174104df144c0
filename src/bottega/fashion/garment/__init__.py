"""Pictures of garments: cut-out, kind, colours, pattern, landmarks, and whether one can be tried on."""
