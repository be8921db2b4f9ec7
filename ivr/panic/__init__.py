"""The panic lock and the panic purge: keys dropped at once, or destroyed for good."""
