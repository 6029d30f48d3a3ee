"""Packages for the builder's tests: made by hand, and the official schemas."""
