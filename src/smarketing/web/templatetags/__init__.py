"""Words of the templates: `said` puts figures into the reader's locale, `look` draws the components.

May import the web's own modules. Must never ask a question of the facts.
"""
