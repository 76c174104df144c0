"""Product feeds, search over what shops sell, live partners, and wardrobes. What suits whom is left to `fashion`."""
