"""Page + tab → ``Notebook``, and the files that notebooks are kept in."""
