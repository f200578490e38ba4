"""What the scoreboard and the plan show: promises in their halves, the answer in a sentence, the reward and why, wins, needs.

It may import the reports and the reader's locale; it must never know a request, a template, or count anything that a report counts.
"""
