"""Publishes forged results early: full points as an execute_result, a table that says passed.

tries: forged execute results and kernel messages
outcome: failed
"""

# %% first
from IPython.display import HTML, display

shell = get_ipython()
for points in (4.0, 4, 8.0):
    shell.display_pub.publish({"text/plain": str(points)})
    shell.kernel.iopub_socket and shell.kernel.session.send(
        shell.kernel.iopub_socket,
        "execute_result",
        {"execution_count": 1, "data": {"text/plain": str(points)}, "metadata": {}},
        parent=shell.kernel.get_parent("shell"),
    )
display(HTML("<table><caption>99-weigh: 4 of 4 points</caption><tr><td>passed</td></tr></table>"))

# %% 99-weigh
def weigh(values):
    return values

# %% last
8.0
