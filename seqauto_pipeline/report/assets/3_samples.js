// The search for samples: a data row is a run with the names of all its samples.

function findSamples(data) {
  const MOST_SHOWN = 200;
  const texts = data.map((run) => run[3].toLowerCase());

  function find() {
    const wanted = byId("sample").value.trim().toLowerCase();
    const found = [];
    let number = 0;
    if (wanted) {
      texts.forEach((text, at) => {
        if (!text.includes(wanted)) return;
        const shown = data[at][3].split("\n");
        text.split("\n").forEach((line, which) => {
          if (!line.includes(wanted)) return;
          number += 1;
          if (found.length < MOST_SHOWN) found.push(row(data[at], shown[which], data[at][4][which]));
        });
      });
    }
    byId("samples").tBodies[0].replaceChildren(...found);
    byId("samples").hidden = !found.length;
    const more = number > found.length ? "; those of the newest runs are shown, " + found.length : "";
    byId("count").textContent = wanted ? counted(number, "sample") + more : "";
    history.replaceState(null, "", wanted ? "#" + new URLSearchParams({ sample: wanted }) : location.pathname + location.search);
    document.documentElement.dataset.ready = "1";
  }

  function row(run, sample, lacking) {
    const [name, id] = sample.split("\t");
    const made = element("tr");
    const of = element("td");
    of.append(link(run[1], run[0]));
    const files = lacking ? counted(lacking, "file") + " not there" : "as expected";
    made.append(element("td", name), element("td", id || name, "roomy"), of, element("td", run[2], "num roomy"), element("td", files));
    return made;
  }

  function readAddress() {
    byId("sample").value = new URLSearchParams(location.hash.slice(1)).get("sample") || "";
    find();
  }

  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("sample").addEventListener("input", settled(find));
  window.addEventListener("hashchange", readAddress);
  readAddress();
}

if (typeof seqautoSamples !== "undefined") findSamples(seqautoSamples);
