"""What Startcall is compared with; each module here is a program of its own."""
