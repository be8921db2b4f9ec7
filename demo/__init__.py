"""Parts that only a demo uses: an adjustable clock and endpoints for its simulator.

`Settings` refuses DEMO unless the carrier is a simulator on the same machine. Without DEMO nothing
here is wired.
"""
