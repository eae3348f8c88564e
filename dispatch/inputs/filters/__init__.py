"""Filter texts: how they are read, what they may say, and what is offered while one is typed."""
