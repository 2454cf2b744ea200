from pathlib import Path

from academy.text.fonts import use_our_fonts

use_our_fonts(Path(__file__).parents[2])
