"""A car behind a foreign databroker: its signals become ours, and what is wanted of ours goes there.

``connection`` talks gRPC in a thread of its own; ``vehicle`` stands under the store.
"""
