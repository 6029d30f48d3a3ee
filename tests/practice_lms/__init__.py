"""The practice LMS: a small LTI 1.3 platform, so that anybody can try the tool without an LMS.

It plays an institution's course with five learners and a trainer: registration by URL, launches in
a frame, deep linking, a gradebook fed by AGS in which the trainer has the last word, a roster by
NRPS, the next year's course as a copy. It keeps the specifications' rules
strictly, so that the tests can use it as one platform among others. It signs nobody in and must
only ever listen on this machine.
"""
