// Shows what a box of the data map is connected with, in both directions, while it is pointed at.
"use strict";
const edges = [...document.querySelectorAll(".map-edge")];
const nodes = new Map([...document.querySelectorAll(".map-node")].map((n) => [n.dataset.node, n]));

function reach(id, from, to) {
  const found = new Set([id]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { dataset } of edges) {
      if (found.has(dataset[from]) && !found.has(dataset[to])) {
        found.add(dataset[to]);
        grown = true;
      }
    }
  }
  return found;
}

function show(id) {
  const after = reach(id, "start", "end");
  const before = reach(id, "end", "start");
  const whole = (set, dataset) => set.has(dataset.start) && set.has(dataset.end);
  for (const edge of edges) {
    edge.classList.toggle("on", whole(after, edge.dataset) || whole(before, edge.dataset));
  }
  for (const [other, node] of nodes) {
    node.classList.toggle("off", !after.has(other) && !before.has(other));
  }
}

function rest() {
  for (const edge of edges) edge.classList.remove("on");
  for (const node of nodes.values()) node.classList.remove("off");
}

for (const [id, node] of nodes) {
  for (const name of ["mouseenter", "focus"]) node.addEventListener(name, () => show(id));
  for (const name of ["mouseleave", "blur"]) node.addEventListener(name, rest);
}
