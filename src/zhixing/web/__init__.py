"""The cockpit in the browser.

Read ``app`` first (what is served), then ``pulse`` (who moves the car), ``browser`` (one connected screen),
``parcels`` (JSON in and out) and ``doorkeeper`` (who may knock). The page itself is in ``static/``: ``main.js``, then
``lib/vehicle.js``, then ``panels/``. ``launch`` joins settings, car and server.
"""
