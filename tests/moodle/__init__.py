"""Drives a real Moodle (4.5 or newer) through what its people would do with the tool and with both
packages of a unit, and keeps screenshots and a report: ``make moodle URL=… USER=… PASSWORD=…``."""
