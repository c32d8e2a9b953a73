// The message sequence: rows for the visible part only, reused while scrolling.

const ROW_HEIGHTS = [3, 5, 8, 12, 18, 22, 26, 32, 40];
const NORMAL_ZOOM = 5, DENSE_BELOW = 18;
const LONG_PAUSE_US = 100_000, LONGEST_GAP = 180;
const OVERSCAN = 8;

class Ladder {
  constructor(box, recording, onSelect) {
    Object.assign(this, { box, recording, onSelect });
    this.canvas = box.firstElementChild;
    this.frames = [];
    this.tops = [];
    this.zoom = NORMAL_ZOOM;
    this.toScale = false;
    this.selected = -1;
    this.rows = new Map();
    box.addEventListener("scroll", () => this.schedule());
    new ResizeObserver(() => (this.selected >= 0 && this.frames.length ? this.reveal(this.selected) : this.schedule())).observe(box);
  }

  get rowHeight() { return ROW_HEIGHTS[this.zoom]; }

  show(frames, whyEmpty) {
    this.frames = frames;
    this.whyEmpty = whyEmpty;
    this.layout();
    if (this.selected >= 0) this.reveal(this.selected);
  }

  setZoom(zoom) {
    this.zoom = Math.max(0, Math.min(ROW_HEIGHTS.length - 1, zoom));
    this.relayout();
  }

  setToScale(toScale) {
    this.toScale = toScale;
    this.relayout();
  }

  // Keeps what is in the middle in the middle.
  relayout() {
    const middle = this.frames[this.rowAt(this.box.scrollTop + this.box.clientHeight / 2)];
    this.layout();
    if (middle !== undefined) this.reveal(this.isVisible(this.selected) ? this.selected : middle, true);
  }

  layout() {
    const height = this.rowHeight, perMs = this.toScale ? height / 4 : 0;
    this.tops = new Float64Array(this.frames.length + 1);
    for (let row = 1; row < this.frames.length; row++) {
      const pause = this.pauseBefore(row);
      const gap = perMs && pause > 0 ? Math.min(LONGEST_GAP, pause / 1000 * perMs) : 0;
      this.tops[row] = this.tops[row - 1] + height + gap;
    }
    const last = this.frames.length;
    this.tops[last] = last ? this.tops[last - 1] + height : 0;
    this.canvas.style.height = `${this.tops[last] + 8}px`;
    this.box.classList.toggle("dense", height < DENSE_BELOW);
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.canvas.querySelectorAll(".empty").forEach((old) => old.remove());
    if (!last) this.canvas.append(element("p", "empty", this.whyEmpty));
    this.draw();
  }

  // Microseconds since the row before, which the filter may have made an earlier one.
  pauseBefore(row) {
    if (row === 0) return null;
    const now = this.recording.time(this.frames[row]), before = this.recording.time(this.frames[row - 1]);
    return now === null || before === null ? null : now - before;
  }

  // The row at a height, by bisection.
  rowAt(y) {
    let low = 0, high = this.frames.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle; else high = middle - 1;
    }
    return low;
  }

  // The row of a frame, or of the first one behind it.
  rowOf(frame) {
    let low = 0, high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle] < frame) low = middle + 1; else high = middle;
    }
    return Math.min(low, this.frames.length - 1);
  }

  isVisible(frame) {
    const top = this.tops[this.rowOf(frame)] - this.box.scrollTop;
    return frame >= 0 && top >= 0 && top < this.box.clientHeight;
  }

  schedule() {
    this.pending ??= requestAnimationFrame(() => { this.pending = undefined; this.draw(); });
  }

  draw() {
    if (!this.frames.length) return;
    const first = Math.max(0, this.rowAt(this.box.scrollTop) - OVERSCAN);
    const last = Math.min(this.frames.length - 1, this.rowAt(this.box.scrollTop + this.box.clientHeight) + OVERSCAN);
    for (const [row, made] of this.rows) {
      if (row < first || row > last) { made.remove(); this.rows.delete(row); }
    }
    for (let row = first; row <= last; row++) {
      if (!this.rows.has(row)) {
        const made = this.makeRow(row);
        this.rows.set(row, made);
        this.canvas.append(made);
      }
    }
    this.mark();
  }

  makeRow(row) {
    const r = this.recording, at = this.frames[row], frames = r.frames;
    const way = ["right", "left", "unknown"][frames.dir[at]], air = ["", "in", "out"][frames.air[at]];
    const made = element("div", `row k-${r.kind(at)} ${way} ${air}`);
    made.id = `row-${row}`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-posinset", row + 1);
    made.setAttribute("aria-setsize", this.frames.length);
    made.classList.toggle("error", r.flag(at, PROBLEM));
    made.classList.toggle("failed", r.flag(at, FLAG.failed));
    made.style.top = `${this.tops[row]}px`;
    made.style.height = `${this.rowHeight}px`;
    const pause = this.pauseBefore(row);
    const delta = element("span", pause > LONG_PAUSE_US ? "delta long" : "delta", pause === null ? "" : "+" + duration(pause));
    const lane = element("span", "lane", this.makeLabel(at), element("i", "arrow wire"));
    if (air) lane.append(element("i", "arrow air"));
    made.append(element("span", "number", `#${at + 1}`), element("span", "time", r.clock(r.time(at))), delta, lane);
    made.addEventListener("click", () => this.onSelect(at));
    return made;
  }

  makeLabel(at) {
    const r = this.recording, label = element("span", "label");
    for (const [severity, text] of r.marksOf(at)) label.append(element("span", `mark ${severity}`, text));
    const result = r.frames.result[at];
    label.append(element("b", "", r.name(at)), result ? ` ${result}` : "");
    if (r.frames.text[at]) label.append(element("span", "fields", ` ${r.frames.text[at]}`));
    return label;
  }

  select(frame) {
    this.selected = frame;
    this.reveal(frame);
    this.mark();
  }

  mark() {
    const call = this.recording.call(this.selected);
    const related = call ? [call.command, call.ack, call.response, ...call.copies_at] : [];
    this.box.removeAttribute("aria-activedescendant");
    for (const [row, made] of this.rows) {
      const at = this.frames[row], selected = at === this.selected;
      made.classList.toggle("selected", selected);
      made.classList.toggle("related", related.includes(at));
      made.setAttribute("aria-selected", selected);
      if (selected) this.box.setAttribute("aria-activedescendant", made.id);
    }
  }

  reveal(frame, toMiddle = false) {
    const row = this.rowOf(frame), top = this.tops[row], view = this.box;
    const inside = top >= view.scrollTop && top + this.rowHeight <= view.scrollTop + view.clientHeight;
    if (!inside || toMiddle) view.scrollTop = top - view.clientHeight / 2;
    this.draw();
  }

  // Moves the selection by rows; the new frame, or undefined where there is none.
  neighbour(step) {
    if (!this.frames.length) return undefined;
    const row = this.selected < 0 ? -1 : this.rowOf(this.selected);
    // A selected frame that the filter hides stands between two rows: the one behind it is already one step.
    const hidden = row >= 0 && this.frames[row] !== this.selected;
    const target = row + step - (hidden && step > 0 ? 1 : 0);
    return this.frames[Math.max(0, Math.min(this.frames.length - 1, target))];
  }

  get rowsInView() { return Math.max(1, Math.floor(this.box.clientHeight / this.rowHeight) - 1); }
}
