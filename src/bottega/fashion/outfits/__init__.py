"""What suits whom: recommendations, complete looks for an occasion, their picture, and what is learned from an answer."""
