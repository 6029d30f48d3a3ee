"""Media fitted to pages and to weak links: smaller pictures, posters, lengths, sound for video.

What must be decoded is decoded in a process of its own (``worker``), with limits on memory and
time, and kept by content (``store``): the author's files are never touched, and what fits already
is looked at by its head alone.
"""
