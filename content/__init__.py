"""The course format: courses as plain files, their model, checks, grading, pages and player.

Pure by rule: no Flask, no SQLAlchemy, no HTTP, no archives (see docs/architecture.md).
"""
