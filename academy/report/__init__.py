"""The weekly report: one page, as a web page, a paper, and a text for a group."""
