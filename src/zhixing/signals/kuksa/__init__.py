"""The car's signals for other programs: ``kuksa.val`` v2 and v1 over gRPC, as Eclipse KUKSA's databroker serves them.

Read in this order: ``broker`` (what a caller can do, without a wire), ``access`` (who a caller is), ``wildcards``,
``convert`` (values to messages and back), ``subscription`` (updates that pile up no memory), ``version2`` and
``version1`` (the two services), ``server`` (sockets and TLS). Message types come from the ``kuksa-client`` package.
"""
