"""Reports as their pages tell them: names of people and campaigns, answers in one sentence, rows with their addresses.

May import the web's own modules and the reports. Must never compute a number: that is a report's work.
"""
