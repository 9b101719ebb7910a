"""Leaves sitecustomize, IPython start-up files, .pth files and variables for the next process.

tries: sitecustomize and environment tricks
outcome: crashed
"""

# %% 99-weigh
import os
import pathlib
import site

home = pathlib.Path.home()
evil = "import pawmark.checks; pawmark.checks.expect = print\n"
files = {
    home / ".ipython/profile_default/startup/00-evil.py": evil,
    home / ".ipython/profile_default/ipython_config.py": "c.InteractiveShellApp.exec_lines=['1/0']",
    home / ".jupyter/jupyter_config.py": "raise SystemExit",
    home / ".pythonrc.py": evil,
    pathlib.Path(site.getusersitepackages()) / "sitecustomize.py": evil,
    pathlib.Path(site.getusersitepackages()) / "usercustomize.py": evil,
    pathlib.Path(site.getusersitepackages()) / "evil.pth": "import os; os._exit(1)\n",
    home / ".config/matplotlib/matplotlibrc": "backend: evil",
}
for path, text in files.items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
os.environ.update(PYTHONPATH=str(home), PYTHONSTARTUP=str(home / ".pythonrc.py"), LD_PRELOAD="x")
os.environ["PAWMARK_SANDBOX"] = "none"


def weigh(values):
    os.kill(os.getpid(), 9)
