"""Hands in modules beside the notebook that have the names of libraries the grader's side uses.

tries: shadowing modules
outcome: failed
run: core
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
evil = "import os\nos.environ['PAWMARK_EVIL'] = '1'\nraise ImportError('taken over')\n"
for path in ("numpy.py", "json.py", "pytest.py", "pawmark/__init__.py", "sitecustomize.py", "NumPy.PY",
             "ipykernel/__init__.py", "numpy.cpython-311-x86_64-linux-gnu.so", "zmq.pyc", "__main__.py"):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(evil)
