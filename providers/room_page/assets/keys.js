// Single keys as shortcuts, which can be switched off: speech input and screen readers may need these keys.
import { byId } from "./page.js";

const SHELF = "startcall keys";

function stored() {
  try {
    return localStorage.getItem(SHELF) !== "off";
  } catch {
    return true;
  }
}

let on = stored();

// Returns the key that was pressed as a shortcut, in lower case, or null.
export function pressedKey(event) {
  if (!on || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.target.closest?.("input, select, textarea, dialog")) return null;
  return event.key.length === 1 ? event.key.toLowerCase() : null;
}

export function openKeys() {
  byId("keys-dialog").showModal();
}

function show() {
  byId("keys-on").checked = on;
  byId("toolbar").classList.toggle("no-keys", !on);
}

byId("keys-on").onchange = ({ target }) => {
  on = target.checked;
  try {
    localStorage.setItem(SHELF, on ? "on" : "off");
  } catch {
    // Then it holds for this visit.
  }
  show();
};
byId("keys").onclick = openKeys;
show();
