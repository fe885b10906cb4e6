"""The Python half of anywidget, which Debian does not have: traits tagged `sync` live in a comm of the widget protocol.

A change on either side is told to the other; `_esm`, a path, is told as the text of its file. Its front end is the real one.
"""

import pathlib

import traitlets
from ipykernel.comm import Comm

STATE = {
    "_model_module": "anywidget",
    "_model_module_version": "~0.11.*",
    "_model_name": "AnyModel",
    "_view_module": "anywidget",
    "_view_module_version": "~0.11.*",
    "_view_name": "AnyView",
    "_view_count": None,
    "_css": "",
}


class AnyWidget(traitlets.HasTraits):
    def __init__(self, **traits):
        super().__init__(**traits)
        esm = self._esm.read_text() if isinstance(self._esm, pathlib.Path) else self._esm
        self._taken = {}
        layout = {"_model_module": "@jupyter-widgets/base", "_model_module_version": "2.0.0", "_model_name": "LayoutModel"}
        self._layout = self._opened(layout)
        state = {name: getattr(self, name) for name in self.trait_names(sync=True)}
        own = {"_esm": esm, "_anywidget_id": type(self).__name__, "layout": f"IPY_MODEL_{self._layout.comm_id}"}
        self._comm = self._opened({**STATE, **own, **state})
        self._comm.on_msg(self._take)
        self.observe(self._tell, self.trait_names(sync=True))

    @staticmethod
    def _opened(state):
        data = {"state": state, "buffer_paths": []}
        return Comm(target_name="jupyter.widget", data=data, metadata={"version": "2.1.0"})

    def _take(self, message):
        self._taken = message["content"]["data"].get("state", {})
        for name, value in self._taken.items():
            setattr(self, name, value)
        self._taken = {}

    def _tell(self, change):
        if change.name not in self._taken:
            self._comm.send({"method": "update", "state": {change.name: change.new}, "buffer_paths": []})

    def close(self):
        self._comm.close()

    def _repr_mimebundle_(self, **_):
        view = {"version_major": 2, "version_minor": 0, "model_id": self._comm.comm_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": type(self).__name__}
