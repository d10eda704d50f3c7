"""What ``d2lbook build`` can make, and check: each target writes one stage of a build.

``table`` has all of them by name; ``notebooks``, ``pages``, ``volumes``, ``library``,
``for_readers``, ``slides`` and ``checks`` what they do. How that is written is in the
packages of the outputs: ``notebooks/``, ``html/``, ``pdf/``, ``epub/``, ``publish/``.
"""
