"""``d2lbook serve``: the book in a browser, which follows every save.

    files ── watching ──► builder ── Outcome ──► board ──► browsers
                             ▲          │ what is not executed yet
                             └─ cache ◄─┴─ executor (with --execute)

One process serves: an event loop that waits for files, browsers and signals, and
never works long. Two child processes work, each one request at a time: ``builder``
makes the site and keeps what is still good of it, ``executor`` executes. They
meet in the cache of results alone. A worker that dies is started anew.

Security: the server listens on the loopback address, answers only to its names
(so that no foreign name can be made to lead here), and gives out nothing but the
files of the site.
"""
