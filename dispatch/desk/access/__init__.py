"""Who may do what on a desk: the permissions, and the person who is signed in."""
