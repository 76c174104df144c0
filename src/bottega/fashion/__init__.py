"""The fashion studio's algorithms: what a picture shows, how a garment sits, what suits whom. Pure, usable as a library."""
