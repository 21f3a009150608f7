// What the page says, in the person's language: the server wrote it into the page.

const WORDS = JSON.parse(document.getElementById("words").textContent);

// Returns a sentence with its places in braces filled in.
export function words(name, values = {}) {
  return WORDS[name].replace(/\{(\w+)\}/g, (place, key) => String(values[key] ?? place));
}
