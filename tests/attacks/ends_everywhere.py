"""Ends its process in every cell and in every function, each time in another way.

tries: signals, floods of time
outcome: crashed, error in your code, not reached
"""

# %% 99-weigh
def weigh(values):
    exit()
    return values

# %% first
exit()

# %% last
import os
os._exit(1)

# %% hand-in
ways = ["exit()", "quit()", "import os; os._exit(0)", "import sys; sys.exit()", "import os; os.abort()",
        "import os; os.kill(os.getpid(), 9)", "get_ipython().ask_exit()", "exit"]
place = len(notebook["cells"])
notebook["cells"][place:place] = [
    {"cell_type": "code", "metadata": {}, "source": way, "outputs": [], "execution_count": None} for way in ways * 3
]
