"""Letters: written, put into a queue, and sent by the worker over SMTP; and what is written in them: notices, and the daily mail.

May import the records and everything below. Must never know a page; what a letter says stands in its templates.
"""
