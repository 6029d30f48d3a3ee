"""A course's own look: ``theme.yaml`` → checked colours, fonts and a logo → a style sheet.

Nothing that an author writes reaches the style sheet as text: colours are read and written again,
sizes are numbers, fonts have names of ours, files are media of the course.
"""
