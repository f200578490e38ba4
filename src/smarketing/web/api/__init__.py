"""The same reads for programs, at `/api`: typed, documented at `/api/docs`, errors as `{"code", "message"}`.

May import the web's own modules. Must never know a number that no page knows.
"""
