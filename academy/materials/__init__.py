"""The material center (素材中心): texts with blanks and sets of pictures, for trainees to post."""
