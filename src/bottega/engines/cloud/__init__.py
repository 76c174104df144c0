"""Engines that call somebody else's API."""
