// Gets in: by the token in the link, or by the one this tab kept for a reload.

const here = location.pathname.replace(/\/$/, "");
const shelf = `startcall ${here}`;

export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(shelf)) ?? {};
  } catch {
    return {};
  }
}

export function keep(more) {
  try {
    sessionStorage.setItem(shelf, JSON.stringify({ ...kept(), ...more }));
  } catch {
    // A browser that keeps nothing needs a new link after a reload.
  }
}

// Takes the token out of the address, so that it stays in no history and is copied with no link.
export function takeToken() {
  const token = location.hash.slice(1);
  if (token) {
    history.replaceState(null, "", location.pathname);
    keep({ joined: false });
  }
  return token || kept().resume;
}

// Returns the entry, or a refusal with its `code`.
export async function enter(token) {
  try {
    const answer = await fetch(`${here}/enter`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    const entry = await answer.json();
    if (entry.resume) keep({ resume: entry.resume });
    return entry;
  } catch {
    return { code: "unreachable" };
  }
}
