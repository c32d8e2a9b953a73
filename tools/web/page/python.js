// The worker, as functions to be awaited.

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const waiting = new Map(), listeners = new Map();
let last = 0;

export function ask(what, about = {}) {
  const id = ++last;
  worker.postMessage({ id, do: what, with: about });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

export function on(what, listener) {
  listeners.set(what, listener);
}

worker.addEventListener("message", ({ data }) => {
  if (data.say) {
    listeners.get(data.say)?.(data);
    return;
  }
  const { resolve, reject } = waiting.get(data.id);
  waiting.delete(data.id);
  if ("error" in data) reject(new Error(data.error));
  else resolve(data.value);
});
worker.addEventListener("error", (event) => listeners.get("broken")?.({ text: event.message ?? "the worker does not start" }));
