"""Who qualifies: one small closed language, read by people, by one trainee's page and by a million rows.

`language` parses and validates, `compile` turns a criterion into SQL, `explain` runs that SQL, `sentences` says
it in the reader's language. The same clause explains one, explains many and selects all, so that they agree.
"""
