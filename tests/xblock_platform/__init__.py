"""A small host for `lti-consumer-xblock`, Open edX's LTI 1.3 platform: see README.md.

Messages, tokens, key sets and services are lti_consumer's own code. What stands here is what
that code asks of Open edX around it: a course, members, a gradebook and a way to launch.
"""
