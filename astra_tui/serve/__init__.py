"""``astra serve``: the application in a browser, behind a door of its own."""
