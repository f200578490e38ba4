"""Who comes in and how: the login's steps, second factors, the company's own provider, sessions, what of it goes into the trail.

May import the gate, the actions and django-allauth, which nobody else names. Must never know what stands on the pages behind it.
"""
