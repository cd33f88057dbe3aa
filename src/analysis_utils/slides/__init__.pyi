from .slide import SOURCES as SOURCES
from .slides import NAME as NAME, write_slides as write_slides
