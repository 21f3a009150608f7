"""Meetings at 8x8 Jitsi as a Service (JaaS): Jitsi Meet, run by its makers, with tokens for everybody."""
