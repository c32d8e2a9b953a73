// The filter's language: terms that must all hold, each a word to look for or field:value; a minus negates a term.

const FILTERS = {
  "hvx": "a word anywhere in name, fields or result",
  "name:write": "packets of that name, whole or in part",
  "handle:0x0e": "an attribute handle, hex or decimal",
  "conn:0": "a connection",
  "kind:event": "command, response, event, ack, link, other, bad",
  "error": "bad frames, packets that do not decode, failed calls",
  "retry": "copies of a packet sent before",
  "slow:10ms": "calls that took at least that long (us, ms, s)",
  "frame:120-200": "frame numbers",
  "finding": "frames that a finding names",
  "-kind:ack": "minus: everything but",
};

class BadFilter extends Error {}

function wholeNumber(text) {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) throw new BadFilter(`${text} is not a number`);
  return Number(text);
}

function microseconds(text) {
  const found = /^([\d.]+)(us|µs|ms|s)?$/.exec(text);
  if (!found) throw new BadFilter(`${text} is not a duration: 500us, 10ms, 1s`);
  return Number(found[1]) * { us: 1, "µs": 1, ms: 1e3, s: 1e6 }[found[2] ?? "ms"];
}

const FIELDS = {
  name: (value) => (r, at) => r.name(at).toLowerCase().includes(value),
  kind: (value) => (r, at) => r.kind(at) === value,
  conn: (value) => { const wanted = wholeNumber(value); return (r, at) => r.frames.conn[at] === wanted; },
  handle: (value) => { const wanted = wholeNumber(value); return (r, at) => r.frames.handles[at].includes(wanted); },
  slow: (value) => {
    const least = microseconds(value);
    return (r, at) => { const call = r.call(at); return call !== undefined && call.response_us >= least; };
  },
  frame: (value) => {
    const [first, last = first] = value.split("-").map(wholeNumber);
    return (r, at) => at + 1 >= first && at + 1 <= last;
  },
};

const WORDS = {
  error: (r, at) => r.flag(at, PROBLEM | FLAG.failed),
  retry: (r, at) => r.flag(at, FLAG.copy),
  finding: (r, at) => r.findingsOf.has(at),
};

function termTest(term) {
  if (term.startsWith("-") && term.length > 1) {
    const test = termTest(term.slice(1));
    return (r, at) => !test(r, at);
  }
  const colon = term.indexOf(":"), field = FIELDS[term.slice(0, Math.max(colon, 0))];
  if (field) return colon + 1 < term.length ? field(term.slice(colon + 1)) : () => true;
  return WORDS[term] ?? ((r, at) => r.text(at).includes(term));
}

// The numbers of the frames that pass. Throws BadFilter.
function filtered(recording, text, hiddenKinds) {
  const tests = text.toLowerCase().split(/\s+/).filter(Boolean).map(termTest);
  const found = [];
  for (let at = 0; at < recording.size; at++) {
    if (!hiddenKinds.has(recording.kind(at)) && tests.every((test) => test(recording, at))) found.push(at);
  }
  return found;
}
