"""The centre of Startcall: what a call is, and what may happen to it in what order."""
