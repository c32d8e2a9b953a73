export const $ = (id) => document.getElementById(id);

// Everything that comes from a recording goes in as text, never as HTML.
export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// What the command line printed: pieces of [text, style].
export function showScreen(box, ...screens) {
  box.replaceChildren(...screens.flat().map(([text, style]) => element("span", style, text)));
}

export function save(bytes, name) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
