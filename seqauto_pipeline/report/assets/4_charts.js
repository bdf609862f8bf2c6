// QC over time: a chart for each figure, a point for each run, by the date of sequencing.

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [440, 210, 62, 10, 10, 26];
const MOST_SPREADS = 300; // runs: of more, the lines from lowest to highest hide each other

function svg(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

const digits = (value) => Number(value.toPrecision(6)).toLocaleString("en", { maximumSignificantDigits: 6 });
const tickWords = (value) => // the axis has room for few digits
  Math.abs(value) < 1e5 ? digits(value) : value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 4 });
const middle = (values) => {
  const sorted = values.slice().sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

// Round values, at most about five, that span a range.
function ticks(low, high) {
  const raw = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw);
  const made = [];
  for (let at = Math.ceil(low / step); at * step <= high + step / 1e6; at += 1) made.push(at * step);
  return made;
}

// A point is [run, median] or [run, lowest, median, highest].
const valueOf = (point) => (point.length > 2 ? point[2] : point[1]);

function chart(name, points, runs, ownPage, up) {
  const times = points.map((point) => Date.parse(runs[point[0]][2]));
  const isSpread = points.length <= MOST_SPREADS && points[0].length > 2;
  const all = points.flatMap((point) => (isSpread ? [point[1], point[3]] : [valueOf(point)]));
  let [low, high] = [Math.min(...all), Math.max(...all)];
  if (low === high) [low, high] = [low - 1, high + 1];
  const [early, late] = [Math.min(...times), Math.max(...times)];
  const x = (time) => LEFT + 6 + ((time - early) / (late - early || 1)) * (WIDTH - LEFT - RIGHT - 12);
  const y = (value) => TOP + 6 + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM - 12);
  const median = middle(points.map(valueOf));

  const said = name + ": " + counted(points.length, "run") + ", median " + digits(median);
  const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": said });
  for (const value of ticks(low, high)) {
    drawn.append(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
    drawn.append(svg("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end" }, tickWords(value)));
  }
  drawn.append(svg("path", { class: "axis", fill: "none", d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}` }));
  const day = (time) => new Date(time).toISOString().slice(0, 10);
  drawn.append(svg("text", { x: LEFT, y: HEIGHT - 8 }, day(early)));
  if (late > early) drawn.append(svg("text", { x: WIDTH - RIGHT, y: HEIGHT - 8, "text-anchor": "end" }, day(late)));
  drawn.append(svg("line", { class: "median", x1: LEFT, x2: WIDTH - RIGHT, y1: y(median), y2: y(median) }));
  if (isSpread) {
    const lines = points.map((point, at) => `M${x(times[at]).toFixed(1)} ${y(point[1]).toFixed(1)}V${y(point[3]).toFixed(1)}`);
    drawn.append(svg("path", { class: "spread", fill: "none", d: lines.join("") }));
  }
  const own = [];
  const others = [];
  points.forEach((point, at) => {
    if (runs[point[0]][1] === ownPage) own.push(at);
    else others.push(`M${x(times[at]).toFixed(1)} ${y(valueOf(point)).toFixed(1)}h0`);
  });
  drawn.append(svg("path", { class: "dot", fill: "none", d: others.join("") })); // thousands of elements would take seconds
  for (const at of own) {
    const [cx, cy] = [x(times[at]), y(valueOf(points[at]))];
    drawn.append(svg("path", { class: "this", d: `M${cx} ${cy - 8}L${cx + 7} ${cy + 6}H${cx - 7}Z` }));
  }

  const figure = element("figure", undefined, "chart");
  const read = element("p", "", "read");
  const told = (at) => runs[points[at][0]][0] + ", " + runs[points[at][0]][2] + ": " + digits(valueOf(points[at]));
  const resting = own.length ? "▲ this run: " + digits(valueOf(points[own[0]])) + "; median of all: " + digits(median) : "Median of all: " + digits(median);
  read.textContent = resting;
  const nearest = (event) => {
    const box = drawn.getBoundingClientRect();
    const [px, py] = [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
    let best = 0;
    let least = Infinity;
    points.forEach((point, at) => {
      const away = (x(times[at]) - px) ** 2 + (y(valueOf(point)) - py) ** 2;
      if (away < least) [best, least] = [at, away];
    });
    return best;
  };
  drawn.addEventListener("pointermove", (event) => { read.textContent = told(nearest(event)); });
  drawn.addEventListener("pointerleave", () => { read.textContent = resting; });
  figure.append(element("figcaption", name), drawn, read, valuesOf(name, points, runs, up));
  return { figure, median };
}

// The values themselves, for who reads with the keyboard or by ear: the newest runs first.
function valuesOf(name, points, runs, up) {
  const MOST_ROWS = 50;
  const made = element("details", undefined, "screen");
  made.append(element("summary", "Values"));
  made.addEventListener("toggle", () => {
    if (made.querySelector("table")) return;
    const table = element("table", undefined, "list");
    table.append(element("caption", name + ", the newest " + Math.min(points.length, MOST_ROWS) + " runs", "unseen"));
    for (const point of points.slice(-MOST_ROWS).reverse()) {
      const row = element("tr");
      const cell = element("td");
      cell.append(link(up + runs[point[0]][1], runs[point[0]][0]));
      row.append(cell, element("td", runs[point[0]][2]), element("td", digits(valueOf(point)), "num"));
      table.append(row);
    }
    made.append(table);
  });
  return made;
}

function draw(place) {
  const subjects = typeof seqautoQc === "undefined" ? {} : seqautoQc;
  const data = place.dataset.qc ? subjects[place.dataset.qc] : Object.values(subjects)[0];
  if (!data) return;
  for (const [name, points] of data.figures) {
    const made = chart(name, points, data.runs, place.dataset.run, "../");
    place.append(made.figure);
    for (const row of document.querySelectorAll("tr[data-figure]")) {
      if (row.dataset.figure === name && place.previousElementSibling.contains(row)) {
        row.querySelector(".others").textContent = digits(made.median);
      }
    }
  }
}

document.querySelectorAll("[data-charts]").forEach(draw);
