"""Writes the class names beside this file: `python make.py`, with torchvision's and timm's packages installed. Nothing of them runs."""

import importlib.util
import re
from pathlib import Path

here = Path(__file__).parent


def package(name):
    return Path(importlib.util.find_spec(name).origin).parent


meta = (package('torchvision') / 'models' / '_meta.py').read_text()
scope = {}
exec(re.search(r'^_IMAGENET_CATEGORIES = \[.*?^\]', meta, re.S | re.M).group(), scope)
names = scope['_IMAGENET_CATEGORIES']
assert len(names) == 1000

info = package('timm') / 'data' / '_info'
lines = (info / 'imagenet_synset_to_lemma.txt').read_text().splitlines()
lemmas = dict(line.split('\t', 1) for line in lines)
large = (info / 'imagenet21k_goog_synsets.txt').read_text().split()
small = (info / 'imagenet22k_synsets.txt').read_text().split()
assert len(large) == 21843 and [s for s in large if s in set(small)] == small
left_out = [s for s in large if s not in set(small)]
assert len(left_out) == 2, left_out

(here / 'imagenet-1k.txt').write_text('\n'.join(names) + '\n')
(here / 'imagenet-21k.txt').write_text('\n'.join(lemmas[s] for s in large) + '\n')
print('outputs of 21843 that 21841 do not have:', [large.index(s) for s in left_out])
