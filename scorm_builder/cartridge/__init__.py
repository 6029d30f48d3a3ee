"""Common Cartridges: a course as pages and quizzes of the LMS's own, or as links to the LTI tool.

A cartridge is taken apart by the LMS that imports it: pages become its pages, quizzes its quizzes,
graded by it and not by us. What its question types cannot say is simplified, and said.
"""
