"""What the page of the agreement shows: one version in sentences, two side by side, the common words.

May import the web's own modules and the agreement's sentences. Must never compute a number.
"""
