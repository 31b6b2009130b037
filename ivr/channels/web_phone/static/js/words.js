// The page's own sentences in its language, and the small things every module needs.
export const page = document.body.dataset;
const words = JSON.parse(page.words);

/** A sentence with its blanks filled in. */
export function say(key, blanks = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => blanks[name] ?? whole);
}

export const byId = (id) => document.getElementById(id);

/** An element with a class and a text, and attributes. */
export function made(tag, className = "", text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** The keys as people name them: "star" for "*". */
export function keyNames(keys) {
  return [...keys].map((key) => ({ "*": say("key_star"), "#": say("key_pound") })[key] ?? key).join(" ");
}
