"""Pictures of persons: who is there, the frame of the body, skin, hair, and what is worn where."""
