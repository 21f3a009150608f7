"""The page of meetings that this app serves itself, shared by the meeting systems that have one."""
