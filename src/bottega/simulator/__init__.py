"""A local stand-in for the vendors' APIs, written from their specifications: no key, no cost, nothing leaves the machine.

It shares no code with `bottega.engines`, so that it is a second reading of the same documents. It proves the form of a
conversation (what is sent, what a failure looks like, what is billed), never what a real model would paint or say:
every picture and clip is visibly marked SIMULATED. `world` holds what it knows, one file per vendor holds a dialect,
`app` puts them behind one address and `serve` runs it.
"""
