"""What the hotline does only while it is a demo: a clock one can set, and doors for its simulator.

`Settings` refuses DEMO wherever the carrier is not a simulator on the same machine, and nothing
here is wired without it.
"""
