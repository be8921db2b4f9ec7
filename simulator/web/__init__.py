"""HTTP: the WSGI application, the control API, the phone in the browser, and the server."""
