"""The LTI 1.3 protocol, and the only place that imports pylti1p3. Values in, values out: no Flask
request is known here."""
