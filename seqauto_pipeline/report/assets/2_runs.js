// The list of runs: searched, narrowed, sorted and paged here, over one data file.

const [NAME, PAGE, KIT, DATE, SEQUENCER, STATE, FOUND, EXPECTED, ERRORS, WARNINGS, WAITS, SINCE, WORDS] =
  Array.from({ length: 13 }, (_, number) => number);

function listRuns(data) {
  const fields = ["q", "kit", "state", "from", "to", "waiting"];
  const body = byId("runs").tBodies[0];
  const texts = data.rows.map((row) => (row[NAME] + "\n" + data.kits[row[KIT]] + "\n" + row[WORDS]).toLowerCase());
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const keys = {
    name: (row) => row[NAME],
    date: (row) => row[DATE],
    kit: (row) => data.kits[row[KIT]],
    sequencer: (row) => data.sequencers[row[SEQUENCER]],
    state: (row) => data.states[row[STATE]],
    lacking: (row) => row[EXPECTED] - row[FOUND],
    problems: (row) => row[ERRORS] * 1e6 + row[WARNINGS],
    waits: (row) => row[WAITS],
    since: (row) => row[SINCE],
  };
  let sorted = { by: "date", down: true };
  let first = 0;
  let chosen = [];

  const value = (id) => (id === "waiting" ? (byId(id).checked ? "1" : "") : byId(id).value.trim());

  function readAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const id of fields) {
      if (id === "waiting") byId(id).checked = asked.get(id) === "1";
      else byId(id).value = asked.get(id) || "";
    }
    const by = asked.get("sort") || "date";
    sorted = { by: by in keys ? by : "date", down: asked.get("up") !== "1" };
    choose();
  }

  function writeAddress() {
    const asked = new URLSearchParams();
    for (const id of fields) if (value(id)) asked.set(id, value(id));
    if (sorted.by !== "date") asked.set("sort", sorted.by);
    if (!sorted.down) asked.set("up", "1");
    const hash = asked.toString();
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  }

  function choose() {
    const words = value("q").toLowerCase().split(/\s+/).filter(Boolean);
    const [kit, state, from, to] = ["kit", "state", "from", "to"].map(value);
    const waiting = value("waiting");
    chosen = [];
    data.rows.forEach((row, number) => {
      if (kit && data.kits[row[KIT]] !== kit) return;
      if (state && data.states[row[STATE]] !== state) return;
      if (from && !(row[DATE] >= from)) return;
      if (to && !(row[DATE] && row[DATE] <= to)) return;
      if (waiting && !row[WAITS]) return;
      if (words.every((word) => texts[number].includes(word))) chosen.push(row);
    });
    sort();
    first = 0;
    show();
  }

  function sort() {
    const key = keys[sorted.by];
    const sign = sorted.down ? -1 : 1;
    const isNumber = sorted.by === "lacking" || sorted.by === "problems";
    const isPlain = sorted.by === "date" || sorted.by === "since";
    const order = isNumber ? (a, b) => a - b : isPlain ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : compare;
    chosen = chosen.map((row) => [key(row), row]).sort((a, b) => sign * order(a[0], b[0])).map((pair) => pair[1]);
    for (const head of document.querySelectorAll("#runs th[data-sort]")) {
      if (head.dataset.sort === sorted.by) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }

  function problems(row) {
    const words = [];
    if (row[ERRORS]) words.push(counted(row[ERRORS], "error"));
    if (row[WARNINGS]) words.push(counted(row[WARNINGS], "warning"));
    return words.join(", ");
  }

  function line(row) {
    const made = element("tr");
    const name = element("td");
    name.append(link(row[PAGE], row[NAME]));
    const files = row[EXPECTED] ? row[FOUND].toLocaleString("en") + "/" + row[EXPECTED].toLocaleString("en") : "";
    made.append(
      name,
      element("td", row[DATE], "num roomy"),
      element("td", data.kits[row[KIT]], "roomy"),
      element("td", data.sequencers[row[SEQUENCER]], "roomier"),
      element("td", data.states[row[STATE]]),
      element("td", files, "num"),
      element("td", problems(row), "num roomy"),
      element("td", row[WAITS]),
      element("td", row[SINCE], "roomier"),
    );
    return made;
  }

  function show() {
    const rows = Number(byId("rows").value);
    const shown = chosen.slice(first, first + rows);
    body.replaceChildren(...shown.map(line));
    byId("runs").hidden = !shown.length;
    const all = data.rows.length;
    byId("count").textContent =
      chosen.length === all ? counted(all, "run") : counted(chosen.length, "run") + " of " + all.toLocaleString("en");
    byId("pager").hidden = chosen.length <= Math.min(rows, 100);
    byId("where").textContent =
      (first + 1).toLocaleString("en") + " to " + (first + shown.length).toLocaleString("en") + " of " + chosen.length.toLocaleString("en");
    byId("previous").disabled = first === 0;
    byId("next").disabled = first + rows >= chosen.length;
    document.documentElement.dataset.ready = "1";
  }

  function turn(by) {
    first = Math.max(0, first + by * Number(byId("rows").value));
    show();
    byId("runs").scrollIntoView();
  }

  function changed() {
    writeAddress();
    choose();
  }

  const option = (id) => (text) => {
    const made = element("option", text);
    made.value = text;
    byId(id).append(made);
  };
  data.kits.filter(Boolean).slice().sort(compare).forEach(option("kit"));
  data.states.slice().sort(compare).forEach(option("state"));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(changed));
  byId("q").addEventListener("input", settled(changed));
  for (const id of ["kit", "state", "from", "to", "waiting"]) byId(id).addEventListener("change", changed);
  for (const head of document.querySelectorAll("#runs th[data-sort]")) {
    head.querySelector("button").addEventListener("click", () => {
      const by = head.dataset.sort;
      sorted = { by, down: sorted.by === by ? !sorted.down : by === "date" };
      changed();
    });
  }
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  byId("rows").addEventListener("change", () => turn(0));
  window.addEventListener("hashchange", readAddress);
  readAddress();
}

if (typeof seqautoRuns !== "undefined") listRuns(seqautoRuns);
