"""The coordinators' and responders' web pages."""
