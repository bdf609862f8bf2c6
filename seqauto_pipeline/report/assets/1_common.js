// What all pages share. Text becomes text nodes only, so that nothing of a disk acts in a page.

const byId = (id) => document.getElementById(id);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function link(page, text) {
  const made = element("a", text);
  made.setAttribute("href", page);
  return made;
}

const counted = (number, noun) => number.toLocaleString("en") + " " + noun + (number === 1 ? "" : "s");

// Waits until nobody has typed for a moment.
function settled(action) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, 120);
  };
}

byId("asof").textContent = typeof seqautoAbout === "undefined" ? "" : seqautoAbout.asOf;
