"use strict";

// MARK: The document

// The comment on `page` in OutlinePage.swift describes the members.

const sbom = JSON.parse(document.getElementById("data").textContent);
const KIND = 0, NAME = 1, VERSION = 2, PURL = 3, ID = 4, TYPE = 5, ARCHITECTURE = 6, LICENSE = 7, SUPPLIER = 8, LAYER = 9;
const PACKAGE = 0, FILE = 1, IMAGE = 2, SYSTEM = 3;
const { elements, links, kinds, roots, strays, texts, labels } = sbom;
const count = elements.length;
// The types of relationships that mean that one element needs another. Other types are shown by their names.
const NEED_WORDS = new Set(["DEPENDS_ON", "HAS_PREREQUISITE", "STATIC_LINK", "DYNAMIC_LINK"]);
const isNeed = kinds.map(([word]) => NEED_WORDS.has(word));
const kindName = kind => kinds[kind][1] ? `${kinds[kind][0]} (${kinds[kind][1]})` : kinds[kind][0];

// Limits of what is shown at once. With them the page has at most 3,000 nodes, however large the document is.
const ROWS = 90, LISTED = 200000, FOUND = 40, VALUES = 6, MORE_VALUES = 24, BOXES = 12, WAYS = 6, WAY_ENDS = 4, PRINTED = 5000,
  DEEPEST = 5000;

const isFrame = element => elements[element][KIND] >= IMAGE;
const digits = number => number.toLocaleString("en");
const plural = (number, word) => `${digits(number)} ${word}${number === 1 ? "" : "s"}`;
const shortDigest = text => text.replace(/\b(sha\d+:[0-9a-f]{12})[0-9a-f]{20,}/g, "$1");
const nameOf = element => labels ? labels[element] : elements[element][NAME];
// If several packages have the same name and version, the architecture is shown with the version.
const spellings = new Map();
for (const item of elements) {
  const key = `${item[NAME]}\n${item[VERSION]}`;
  spellings.set(key, (spellings.get(key) ?? 0) + 1);
}
function fullVersion(element) {
  const item = elements[element], isOne = spellings.get(`${item[NAME]}\n${item[VERSION]}`) === 1;
  return [shortDigest(item[VERSION]), isOne ? "" : texts[item[ARCHITECTURE]]].filter(text => text).join(" ");
}
const versionOf = element => sbom.hidesVersions ? "" : fullVersion(element);
const fullName = element => versionOf(element) ? `${nameOf(element)} ${versionOf(element)}` : nameOf(element);
const kindWord = element => ["package", "file", "image", "operating system"][elements[element][KIND]];

// The sources of relationships to each element, and counts of needs. Those of the image and of the operating system do not
// count, because they contain everything.
const sources = Array.from({ length: count }, () => []);
const needs = new Int32Array(count), neededBy = new Int32Array(count), within = new Int32Array(count);
let linkCount = 0;
{
  const last = new Int32Array(count).fill(-1);
  for (let element = 0; element < count; element++) {
    const own = links[element];
    linkCount += own.length / 2;
    for (let i = 0; i < own.length; i += 2) {
      const target = own[i];
      sources[target].push(element, own[i + 1]);
      if (target === element || isFrame(element)) continue;
      within[target]++;
      if (!isNeed[own[i + 1]] || last[target] === element) continue;
      last[target] = element;
      needs[element]++;
      neededBy[target]++;
    }
  }
}

// The element before each element on the shortest way from one that nothing needs or contains. The image and the operating
// system are left out.
const before = new Int32Array(count).fill(-1);
{
  const isReached = new Uint8Array(count), queue = [];
  let at = 0;
  const reach = (element, from) => {
    if (isReached[element] || isFrame(element)) return;
    isReached[element] = 1;
    before[element] = from;
    queue.push(element);
  };
  const spread = () => {
    for (; at < queue.length; at++) for (let i = 0; i < links[queue[at]].length; i += 2) reach(links[queue[at]][i], queue[at]);
  };
  for (let element = 0; element < count; element++) if (!within[element]) reach(element, -1);
  spread();
  // The remaining elements are reached only through cycles.
  for (let element = 0; element < count; element++) { reach(element, -1); spread(); }
}
function wayTo(element) {
  const way = [];
  for (let step = element; step >= 0; step = before[step]) way.push(step);
  return way.reverse();
}

// The ends of a long way; the number of steps between them stands there as a negative number.
function shortened(way) {
  const left = way.length - 2 * WAY_ENDS;
  return left > 1 ? [...way.slice(0, WAY_ENDS), -left, ...way.slice(-WAY_ENDS)] : way;
}
const stepName = step => step < 0 ? `… ${digits(-step)} more …` : nameOf(step);

// MARK: Making elements

const $ = id => document.getElementById(id);

// Makes an element. `class` sets its class, `onclick` and the like add listeners, and all others are attributes; undefined
// and false values are left out.
function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(child => child !== undefined && child !== null));
  return node;
}
function button(text, action, properties = {}) {
  return make("button", { type: "button", ...properties, onclick: action }, text);
}
function say(text) {
  $("status").textContent = "";
  requestAnimationFrame(() => { $("status").textContent = text; });
}
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", { class: "unseen", readonly: true });
    field.value = text;
    const focused = document.activeElement;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    focused?.focus({ preventScroll: true });
  }
  say(`Copied the ${what}`);
}
// A button that copies a text and then shows that it did.
function copyButton(shown, text, what, properties = {}) {
  const node = button(shown, () => {
    copy(text, what);
    label.textContent = "Copied";
    setTimeout(() => { label.textContent = "Copy"; }, 1500);
  }, { title: text, ...properties });
  const label = make("span", { class: "copy" }, "Copy");
  node.append(" ", label);
  return node;
}
// Rebuilds a part of the page; then the element with the same key gets the focus back.
function rebuild(host, build) {
  const key = host.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  build();
  if (key === undefined) return;
  (host.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? host.querySelector('[tabindex="0"], button'))?.focus({ preventScroll: true });
}

// MARK: Facets

const licenseNames = new Map(sbom.licenses);
// An expression with names in place of references. A name with blanks is in quotes, unless it is the whole expression.
function licenseText(text) {
  return licenseNames.get(text) ?? text.replace(/[A-Za-z0-9.:-]*LicenseRef-[A-Za-z0-9.-]+/g, id => {
    const name = licenseNames.get(id) ?? id;
    return /\s/.test(name) ? `"${name}"` : name;
  });
}

// The licenses of an expression. A text that is not an expression counts as one license.
function licensesOf(text) {
  const words = text.replace(/[()]/g, " ").trim().split(/\s+/), list = [];
  const isId = word => word !== undefined && /^[A-Za-z0-9.:+-]+$/.test(word) && !/^(AND|OR|WITH)$/i.test(word);
  for (let i = 0; i < words.length; i += 2) {
    if (!isId(words[i]) || i && !/^(AND|OR|WITH)$/i.test(words[i - 1])) return [text];
    if (i && words[i - 1].toUpperCase() === "WITH") list.push(`${list.pop()} WITH ${words[i]}`);
    else list.push(words[i]);
  }
  return words.length % 2 ? list.map(licenseText) : [text];
}
const supplierName = text => text.replace(/^(Organization|Person|Tool): ?/, "").replace(/ ?\([^()]*\)$/, "") || text;
function layerName(text) {
  const match = /^(\d+)(?: |$)/.exec(text);
  return match ? `Layer ${match[1]}` : shortDigest(text.split(" ").at(-1));
}
const textOf = (element, column) => texts[elements[element][column]];
const licenseOf = element => licenseText(textOf(element, LICENSE));
const supplierOf = element => textOf(element, SUPPLIER) && supplierName(textOf(element, SUPPLIER));
const layerOf = element => textOf(element, LAYER) && layerName(textOf(element, LAYER));
const collator = new Intl.Collator("en", { numeric: true });

// A facet: its values are texts as they are shown. Each text of the document has one or more values.
function facet(key, title, column, nothing, valuesOf) {
  const values = [], numbers = new Map(), ofText = new Array(texts.length);
  for (let element = 0; element < count; element++) {
    const text = elements[element][column];
    ofText[text] ??= [...new Set(texts[text] ? valuesOf(texts[text]) : [""])].map(value => {
      if (!numbers.has(value)) { numbers.set(value, values.length); values.push(value); }
      return numbers.get(value);
    });
  }
  const ranks = new Int32Array(values.length);
  [...values.keys()].sort((a, b) => collator.compare(values[a] || nothing, values[b] || nothing)).forEach((value, rank) => { ranks[value] = rank; });
  return { key, title, column, nothing, values, numbers, ofText, ranks, chosen: new Set(), counts: [], page: 0, isLong: false, isOpen: null };
}
const facets = [
  facet("type", "Type", TYPE, "No package URL", text => [text]),
  facet("license", "License", LICENSE, "No license stated", licensesOf),
  facet("supplier", "Supplier", SUPPLIER, "No supplier stated", text => [supplierName(text)]),
  facet("layer", "Layer", LAYER, "No layer stated", text => [layerName(text)]),
];
const valueName = (facet, value) => facet.values[value] || facet.nothing;

// MARK: Search

// Many names are joined to one text, in the order of the results, because one search in a long text takes less time than
// many in short ones. Package URLs are split into parts, because many packages share most of their parts.

const byName = Int32Array.from({ length: count }, (_, element) => element);
const nameRank = new Int32Array(count);
const lowered = elements.map((_, element) => nameOf(element).toLowerCase());
byName.sort((a, b) => (elements[a][KIND] === FILE) - (elements[b][KIND] === FILE)
  || (lowered[a] < lowered[b] ? -1 : lowered[a] > lowered[b] ? 1 : a - b));
byName.forEach((element, rank) => { nameRank[element] = rank; });
function joined(members, textOf) {
  const starts = new Int32Array(members.length), parts = [], firsts = [];
  for (let slot = 0; slot < members.length;) {
    let text = "\n";
    firsts.push(slot);
    for (; slot < members.length && text.length < 300; slot++) {
      starts[slot] = text.length;
      text += textOf(members[slot]) + "\n";
    }
    // A parsed text is stored in one piece; a concatenated text is joined by the first search, which would be slow.
    parts.push(JSON.parse(JSON.stringify(text)));
  }
  firsts.push(members.length);
  return { members, starts, parts, firsts };
}
const names = joined(byName, element => lowered[element]);
const withPurl = byName.filter(element => elements[element][PURL]);
const purlOf = element => elements[element][PURL].toLowerCase();
const purls = joined(withPurl, purlOf);
// The parts of package URLs, each once: what stands between separators, and what stands before the name. The name itself is
// found as a name.
const segments = new Map();
const segmentsOf = Array.from(withPurl, element => {
  const purl = purlOf(element), path = purl.split(/[?#]/, 1)[0], base = path.lastIndexOf("@") > 0 ? path.slice(0, path.lastIndexOf("@")) : path;
  const own = new Set([base.slice(0, base.lastIndexOf("/") + 1), ...purl.split(/[/?&@#]/)]);
  return [...own].filter(part => part && part !== lowered[element]).map(part => {
    if (!segments.has(part)) segments.set(part, segments.size);
    return segments.get(part);
  });
});
const segmentTexts = [...segments.keys()];
const parts = joined(Array.from(segmentTexts.keys()), part => segmentTexts[part]);
const seenBy = new Int32Array(count);
let searches = 0;

// Finds elements by name or package URL, in four ranks: exact names, prefixes, other names, package URLs.
function find(words) {
  const query = words.trim().toLowerCase(), exact = [], prefix = [], other = [], byPurl = [];
  if (!query || query.includes("\n")) return [exact, prefix, other, byPurl];
  const search = ++searches, length = query.length;
  {
    const { members, starts, parts, firsts } = names;
    for (let part = 0; part < parts.length; part++) {
      const text = parts[part], end = firsts[part + 1];
      let slot = firsts[part];
      for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, starts[slot])) {
        while (slot + 1 < end && starts[slot + 1] <= at) slot++;
        const element = members[slot];
        seenBy[element] = search;
        if (starts[slot] !== at) other.push(element);
        else if (text.charCodeAt(at + length) === 10) exact.push(element);
        else prefix.push(element);
        if (++slot === end) break;
      }
    }
  }
  const matches = new Uint8Array(segmentTexts.length);
  let isAny = false;
  for (let part = 0; part < parts.parts.length; part++) {
    const text = parts.parts[part], end = parts.firsts[part + 1];
    let slot = parts.firsts[part];
    for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, parts.starts[slot])) {
      while (slot + 1 < end && parts.starts[slot + 1] <= at) slot++;
      matches[parts.members[slot]] = 1;
      isAny = true;
      if (++slot === end) break;
    }
  }
  // A text with a separator can be in a package URL without being in one of its parts.
  const isWhole = /[/?&@#]/.test(query);
  if (!isAny && !isWhole) return [exact, prefix, other, byPurl];
  let part = -1, text = "", next = -1;
  for (let slot = 0; slot < withPurl.length; slot++) {
    const element = withPurl[slot];
    if (seenBy[element] === search) continue;
    let isFound = false;
    if (isAny) for (const segment of segmentsOf[slot]) if (matches[segment]) { isFound = true; break; }
    if (!isFound && isWhole) {
      while (slot >= purls.firsts[part + 1]) { part++; text = purls.parts[part]; next = -2; }
      if (next !== -1 && next < purls.starts[slot]) next = text.indexOf(query, purls.starts[slot]);
      isFound = next >= 0 && (slot + 1 === purls.firsts[part + 1] || next < purls.starts[slot + 1]);
    }
    if (isFound) byPurl.push(element);
  }
  return [exact, prefix, other, byPurl];
}

// The nodes of a text in which the match of a search is marked.
function marked(text, words) {
  const query = words.trim().toLowerCase(), low = text.toLowerCase();
  const at = query && low.length === text.length ? low.indexOf(query) : -1;
  return at < 0 ? [text] : [text.slice(0, at), make("mark", {}, text.slice(at, at + query.length)), text.slice(at + query.length)];
}

// MARK: What is shown, and the address that says so

const state = { view: "table", element: -1, isOpen: false, query: "", sort: "", isOfFiles: false };
const packages = [], files = [], frame = [];
for (let element = 0; element < count; element++) (isFrame(element) ? frame : elements[element][KIND] === FILE ? files : packages).push(element);
const placeOfId = new Map();
elements.forEach((item, element) => { if (!placeOfId.has(item[ID])) placeOfId.set(item[ID], element); });
// The columns of the table; each gives ranks for sorting. Files have other columns than packages.
const packageColumns = [
  { key: "name", title: "Name", rank: element => nameRank[element] },
  { key: "version", title: "Version", rank: ranked(element => elements[element][VERSION]) },
  { key: "type", title: "Type", rank: ranked(element => textOf(element, TYPE)) },
  { key: "license", title: "License", rank: ranked(licenseOf) },
  { key: "supplier", title: "Supplier", rank: ranked(supplierOf) },
  { key: "layer", title: "Layer", rank: ranked(element => textOf(element, LAYER)) },
  { key: "needs", title: "Needs", rank: element => needs[element], isNumber: true },
  { key: "needed-by", title: "Needed by", rank: element => neededBy[element], isNumber: true },
];
const ownerOf = element => before[element] < 0 ? "" : nameOf(before[element]);
const fileColumns = [
  packageColumns[0], { key: "owner", title: "In package", rank: element => before[element] < 0 ? count : nameRank[before[element]] },
  packageColumns[3], packageColumns[5],
];
const columnsOf = isOfFiles => isOfFiles ? fileColumns : packageColumns;
// Ranks of texts, computed when they are needed. Elements without a text are last.
function ranked(textOf) {
  let ranks;
  return element => {
    if (!ranks) {
      ranks = new Map([...new Set(elements.map((_, element) => textOf(element)))].filter(text => text).sort(collator.compare)
        .map((text, rank) => [text, rank]));
    }
    return ranks.get(textOf(element)) ?? count;
  };
}
const VIEWS = ["table", "tree", "picture"];
const defaultSort = () => state.query ? "" : state.isOfFiles ? "name" : "needed-by";

function address() {
  const parts = new URLSearchParams();
  if (state.view !== "table") parts.set("view", state.view);
  if (state.element >= 0) parts.set("element", elements[state.element][ID]);
  if (state.isOfFiles && packages.length) parts.set("show", "files");
  if (state.query) parts.set("query", state.query);
  for (const facet of facets) for (const value of facet.chosen) parts.append(facet.key, facet.values[value]);
  if (state.sort && state.sort !== defaultSort()) parts.set("sort", state.sort);
  return parts.toString();
}
let written = "";
// Changes the state and shows it. A replacing change makes no entry in the history of the browser.
function go(change, isReplacing = false) {
  Object.assign(state, change);
  if (!("sort" in change) && ("query" in change || !columnsOf(state.isOfFiles).some(column => column.key === state.sort.replace(/^-/, "")))) {
    state.sort = "";
  }
  const next = address();
  if (next !== written) {
    written = next;
    if (isReplacing) location.replace("#" + next); else location.hash = next;
  }
  render();
}
function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  state.view = VIEWS.includes(parts.get("view")) ? parts.get("view") : "table";
  const element = placeOfId.get(parts.get("element"));
  state.element = element ?? -1;
  state.isOpen = state.element >= 0 && state.view !== "picture";
  state.isOfFiles = files.length > 0 && (parts.get("show") === "files" || !packages.length);
  state.query = parts.get("query") ?? "";
  const sort = parts.get("sort") ?? "";
  state.sort = columnsOf(state.isOfFiles).some(column => column.key === sort.replace(/^-/, "")) ? sort : "";
  for (const facet of facets) {
    facet.chosen = new Set(parts.getAll(facet.key).map(text => facet.numbers.get(text)).filter(value => value !== undefined));
    facet.page = 0;
  }
  written = address();
}
addEventListener("hashchange", () => {
  if (location.hash.slice(1) === written) return;
  readAddress();
  if ($("search").value !== state.query && document.activeElement !== $("search")) $("search").value = state.query;
  const hadFocus = document.activeElement !== document.body;
  render();
  if (hadFocus && (document.activeElement === document.body || !document.activeElement)) focusView();
});

// Computes the elements that match the filters, in the order of the table, and the counts of each facet. A facet counts what
// the other facets leave, so that its counts show what a further value would add.
let listed = [];
function filter() {
  const hits = state.query ? find(state.query) : null;
  const scope = hits ? hits.flat().filter(element => isFrame(element) ? false : (elements[element][KIND] === FILE) === state.isOfFiles)
    : state.isOfFiles ? files : packages;
  const admits = facets.map(facet => facet.chosen.size
    ? Uint8Array.from(facet.ofText, values => values?.some(value => facet.chosen.has(value)) ? 1 : 0) : null);
  const tallies = facets.map(() => new Int32Array(texts.length));
  listed = [];
  for (const element of scope) {
    let missed = -1, misses = 0;
    for (let i = 0; i < facets.length; i++) {
      if (admits[i] && !admits[i][elements[element][facets[i].column]]) { misses++; missed = i; }
    }
    if (!misses) listed.push(element);
    if (misses > 1) continue;
    for (let i = 0; i < facets.length; i++) if (!misses || missed === i) tallies[i][elements[element][facets[i].column]]++;
  }
  facets.forEach((facet, i) => {
    facet.counts = new Int32Array(facet.values.length);
    tallies[i].forEach((tally, text) => { if (tally) for (const value of facet.ofText[text]) facet.counts[value] += tally; });
  });
  sort();
}
function sort() {
  const order = state.sort || defaultSort(), isDown = order.startsWith("-");
  const column = columnsOf(state.isOfFiles).find(column => column.key === order.replace(/^-/, ""));
  if (!column) return;
  // One number for the rank and, within it, the order of names, because numbers are sorted fastest.
  const keys = Float64Array.from(listed, element => {
    const rank = column.rank(element);
    return (isDown && !(rank === count && !column.isNumber) ? count - rank : rank) * (count + 1) + nameRank[element];
  }).sort();
  listed = Array.from(keys, key => byName[key % (count + 1)]);
}
const isFiltered = () => state.query !== "" || facets.some(facet => facet.chosen.size);

// MARK: Rows

// A list of rows, of which only those in view exist. The tab key stops at one of them; the arrow keys go on from it.

class Rows {
  constructor(host, { length, build, open, keys }) {
    Object.assign(this, { host, build, open, keys, length, active: 0, made: new Map(), height: 40 });
    host.addEventListener("keydown", event => this.press(event));
    host.addEventListener("focusin", event => {
      const row = event.target.closest("[data-row]");
      if (row && Number(row.dataset.row) !== this.active) this.activate(Number(row.dataset.row), false);
    });
    host.addEventListener("click", event => {
      const row = event.target.closest("[data-row]");
      if (!row || getSelection().toString() && getSelection().containsNode(row, true)) return;
      this.activate(Number(row.dataset.row), true);
      this.open(Number(row.dataset.row), event);
    });
  }
  // Replaces the rows.
  reset(length, active = Math.min(this.active, Math.max(0, length - 1))) {
    const hadFocus = this.host.contains(document.activeElement);
    this.length = Math.min(length, LISTED);
    this.active = active;
    for (const row of this.made.values()) row.remove();
    this.made.clear();
    this.update();
    if (hadFocus) this.activate(this.active, true);
  }
  update() {
    if (!this.host.isConnected) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.height = parseFloat(getComputedStyle(this.host).getPropertyValue("--row")) * rem || 40;
    this.host.style.height = `${this.length * this.height}px`;
    const top = this.host.getBoundingClientRect().top, spare = 6;
    const first = Math.max(0, Math.min(this.length - 1, Math.floor(-top / this.height) - spare));
    const last = Math.min(this.length, first + ROWS, Math.ceil((innerHeight - top) / this.height) + spare);
    const wanted = new Set();
    for (let row = first; row < last; row++) wanted.add(row);
    if (this.active < this.length) wanted.add(this.active);
    for (const [row, node] of this.made) if (!wanted.has(row)) { node.remove(); this.made.delete(row); }
    // Existing rows are not moved, because a moved element loses the focus.
    let next = this.host.firstElementChild;
    for (const row of [...wanted].sort((a, b) => a - b)) {
      let node = this.made.get(row);
      if (!node) {
        node = this.build(row);
        node.dataset.row = row;
        node.tabIndex = row === this.active ? 0 : -1;
        this.made.set(row, node);
        this.host.insertBefore(node, next);
      } else {
        next = node.nextElementSibling;
      }
      node.style.top = `${row * this.height}px`;
    }
  }
  activate(row, takesFocus) {
    if (!this.length) return;
    const target = Math.max(0, Math.min(this.length - 1, row));
    if (this.made.has(this.active)) this.made.get(this.active).tabIndex = -1;
    this.active = target;
    if (takesFocus) this.reveal(target);
    this.update();
    const node = this.made.get(target);
    node.tabIndex = 0;
    if (takesFocus) node.focus({ preventScroll: true });
  }
  // Scrolls until a row is visible below the bars at the top; a distant row is scrolled to the middle.
  reveal(row) {
    const top = this.host.getBoundingClientRect().top + row * this.height, head = stuck() + 4;
    if (top < -innerHeight / 4 || top > innerHeight * 1.25) scrollBy(0, top - (innerHeight + head) / 2);
    else if (top < head) scrollBy(0, top - head);
    else if (top + this.height > innerHeight - 8) scrollBy(0, top + this.height - innerHeight + 8);
  }
  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.closest("[data-row]")) return;
    const page = Math.max(1, Math.floor((innerHeight - stuck()) / this.height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.length, End: this.length };
    if (event.key in steps) {
      if (event.key === "ArrowUp" && this.active === 0 && this.above) this.above();
      else this.activate(this.active + steps[event.key], true);
    } else if (event.key === "Enter" || event.key === " ") {
      this.open(this.active, event);
    } else if (!this.keys?.(event.key, this.active)) {
      return;
    }
    event.preventDefault();
  }
}
// The height of the bars that stay at the top when the page is scrolled.
function stuck() {
  return [$("top"), $("tabs"), document.querySelector(".head")].reduce((sum, node) =>
    sum + (node && getComputedStyle(node).position === "sticky" ? node.offsetHeight : 0), 0);
}
let rows = null;
function place() {
  const top = [$("top"), $("tabs")].map(node => getComputedStyle(node).position === "sticky" ? node.offsetHeight : 0);
  document.documentElement.style.setProperty("--header", `${top[0]}px`);
  document.documentElement.style.setProperty("--bars", `${top[0] + top[1]}px`);
}
let isWaiting = false;
addEventListener("scroll", () => {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => { isWaiting = false; rows?.update(); });
}, { passive: true });
addEventListener("resize", () => { place(); rows?.update(); });

// MARK: The filters

// Whether there is room for a column of filters, and for one of details.
const hasFilterColumn = matchMedia("(min-width: 64rem)"), hasDetailColumn = matchMedia("(min-width: 75rem)");
function buildFilters() {
  const host = $("filters");
  rebuild(host, () => {
    host.replaceChildren(...facets.map(buildFacet));
    host.hidden = !count || state.view === "picture";
  });
}
function buildFacet(facet) {
  const found = Array.from(facet.values.keys()).filter(value => facet.counts[value] || facet.chosen.has(value))
    .sort((a, b) => (facet.key === "layer" ? 0 : facet.counts[b] - facet.counts[a]) || facet.ranks[a] - facet.ranks[b]);
  const size = facet.isLong ? MORE_VALUES : VALUES, pages = Math.max(1, Math.ceil(found.length / size));
  facet.page = Math.min(facet.page, pages - 1);
  const shown = found.slice(facet.page * size, (facet.page + 1) * size);
  const isOpen = facet.isOpen ?? hasFilterColumn.matches;
  const top = found.find(value => facet.counts[value]);
  const section = make("section", { class: "facet" },
    make("h2", {}, button("", () => { facet.isOpen = !isOpen; buildFilters(); }, {
      "aria-expanded": String(isOpen), "aria-controls": `values-${facet.key}`, "data-key": `facet-${facet.key}`,
    })));
  section.querySelector("button").append(
    make("span", { class: "facet-title" }, facet.title), make("span", { class: "faint" }, digits(found.length)));
  if (!isOpen) {
    const chosen = [...facet.chosen].map(value => valueName(facet, value)).join(", ");
    section.querySelector("button").append(make("span", { class: "facet-top faint" },
      chosen || (top === undefined ? "" : `${valueName(facet, top)} ${digits(facet.counts[top])}`)));
  }
  const most = found.reduce((most, value) => Math.max(most, facet.counts[value]), 1);
  const list = make("div", {
    role: "listbox", id: `values-${facet.key}`, "aria-label": `${facet.title}: filter`, "aria-multiselectable": "true", hidden: !isOpen,
  });
  shown.forEach((value, place) => {
    const option = make("div", {
      role: "option", "aria-selected": String(facet.chosen.has(value)), tabindex: place ? -1 : 0, "data-key": `${facet.key}-${value}`,
      title: valueName(facet, value),
    }, make("span", { class: facet.values[value] ? "value" : "value faint" }, valueName(facet, value)),
    make("span", { class: "number" }, digits(facet.counts[value])));
    option.style.setProperty("--share", `${facet.counts[value] / most * 100}%`);
    option.addEventListener("click", () => { option.focus({ preventScroll: true }); toggle(facet, value); });
    list.append(option);
  });
  list.addEventListener("keydown", event => {
    const options = [...list.children], at = options.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 };
    if (event.key in steps) options[Math.max(0, Math.min(options.length - 1, steps[event.key]))]?.focus();
    else if ((event.key === "Enter" || event.key === " ") && at >= 0) toggle(facet, shown[at]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("focusin", event => {
    for (const option of list.children) option.tabIndex = option === event.target ? 0 : -1;
  });
  section.append(list);
  if (isOpen && found.length > VALUES) {
    const foot = make("p", { class: "pager" });
    if (pages > 1) {
      foot.append(...pager(`${facet.key}`, facet.title, facet.page, pages, found.length, size, page => { facet.page = page; buildFilters(); }));
    }
    foot.append(button(facet.isLong ? "Fewer" : "More", () => { facet.isLong = !facet.isLong; facet.page = 0; buildFilters(); },
      { class: "quiet", "data-key": `long-${facet.key}`, "aria-label": `${facet.isLong ? "Fewer" : "More"} values of ${facet.title}` }));
    section.append(foot);
  }
  return section;
}
// A pager. Its buttons are never disabled, because a disabled button loses the focus.
function pager(key, what, page, pages, total, size, turn) {
  const arrow = (text, step, name) => {
    const isEnd = page + step < 0 || page + step >= pages;
    return button(text, () => { if (!isEnd) turn(page + step); },
      { class: "quiet turn", "data-key": `${name}-${key}`, "aria-label": `${name} of ${what}`, "aria-disabled": isEnd ? "true" : undefined });
  };
  return [
    arrow("‹", -1, "Previous"),
    make("span", { class: "faint" }, `${digits(page * size + 1)}–${digits(Math.min(total, (page + 1) * size))} of ${digits(total)}`),
    arrow("›", 1, "Next"),
  ];
}
function toggle(facet, value) {
  if (!facet.chosen.delete(value)) facet.chosen.add(value);
  say("");
  go({});
  say(`${plural(listed.length, state.isOfFiles ? "file" : "package")} shown`);
}
function clearFilters() {
  for (const facet of facets) { facet.chosen.clear(); facet.page = 0; }
  $("search").value = "";
  go({ query: "" });
  focusView();
}

// MARK: The table

// The bar above a view: the number of elements, and a button for each filter that removes it.
function buildBar() {
  const all = state.isOfFiles ? files.length : packages.length, word = state.isOfFiles ? "file" : "package";
  const bar = make("div", { class: "bar" }, make("p", { class: "shown" },
    isFiltered() ? `${digits(listed.length)} of ${plural(all, word)}` : plural(all, word)));
  if (files.length && packages.length && state.view === "table") {
    bar.append(make("div", { class: "choice", role: "group", "aria-label": "What the table lists" },
      ...[["Packages", false], ["Files", true]].map(([title, isOfFiles]) => button(title, () => go({ isOfFiles }),
        { "aria-pressed": String(state.isOfFiles === isOfFiles), "data-key": `list-${title}` }))));
  }
  const chip = (title, text, remove) => {
    const node = button("", remove,
      { class: "chip", "data-key": `chip-${title}-${text}`, "aria-label": `Remove the filter ${title} ${text}` });
    node.append(make("span", { class: "faint" }, `${title} `), make("span", { class: "chip-text" }, text),
      make("span", { class: "cross", "aria-hidden": "true" }, "×"));
    return node;
  };
  const chips = [];
  if (state.query) chips.push(["Name", state.query, () => { $("search").value = ""; go({ query: "" }); focusView(); }]);
  for (const facet of facets) {
    for (const value of facet.chosen) {
      chips.push([facet.title, valueName(facet, value), () => {
        toggle(facet, value);
        if (document.activeElement === document.body) focusView();
      }]);
    }
  }
  for (const [title, text, remove] of chips.slice(0, 12)) bar.append(chip(title, text, remove));
  if (chips.length > 1) bar.append(button("Clear all", clearFilters, { class: "quiet", "data-key": "clear" }));
  if (state.view === "table") bar.append(sortChoice());
  return bar;
}
// The list that sorts the table on a narrow page, where it has no head.
function sortChoice() {
  const order = state.sort || defaultSort();
  const select = make("select", { id: "sort", "data-key": "sort" },
    ...(state.query ? [make("option", { value: "" }, "Best match")] : []),
    ...columnsOf(state.isOfFiles).flatMap(column => [make("option", { value: column.key }, `${column.title}, ${column.isNumber ? "fewest first" : "A to Z"}`),
      make("option", { value: "-" + column.key }, `${column.title}, ${column.isNumber ? "most first" : "Z to A"}`)]));
  select.value = order;
  select.addEventListener("change", () => go({ sort: select.value }));
  return make("label", { class: "sort" }, "Sort by ", select);
}
function buildTable(host) {
  const order = state.sort || defaultSort(), columns = columnsOf(state.isOfFiles);
  const head = make("div", { class: "head", role: "row", "aria-rowindex": 1 });
  for (const column of columns) {
    const isBy = order.replace(/^-/, "") === column.key, isDown = order.startsWith("-");
    const cell = make("div", {
      role: "columnheader", class: `cell ${column.key}`, "aria-sort": isBy ? (isDown ? "descending" : "ascending") : undefined,
    }, button("", () => go({ sort: isBy && !isDown ? "-" + column.key : column.key }),
      { "data-key": `sort-${column.key}`, tabindex: -1 }));
    cell.firstChild.append(column.title, make("span", { class: "arrow", "aria-hidden": "true" }, isBy ? (isDown ? "▼" : "▲") : ""));
    head.append(cell);
  }
  head.addEventListener("focusin", event => {
    headAt = [...head.children].indexOf(event.target.closest("[role=columnheader]"));
    [...head.children].forEach((cell, place) => { cell.firstChild.tabIndex = place === headAt ? 0 : -1; });
  });
  head.addEventListener("keydown", event => {
    const buttons = [...head.querySelectorAll("button")].filter(node => node.offsetParent), at = buttons.indexOf(document.activeElement);
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 };
    if (event.key in steps) buttons[Math.max(0, Math.min(buttons.length - 1, steps[event.key]))].focus();
    else if (event.key === "ArrowDown") rows.activate(rows.active, true);
    else return;
    event.preventDefault();
  });
  const body = make("div", { class: "rows", role: "rowgroup" });
  host.append(buildBar(), make("div", {
    class: state.isOfFiles ? "table files" : "table", role: "grid", "aria-label": state.isOfFiles ? "Files" : "Packages",
    "aria-rowcount": listed.length + 1, "aria-colcount": columns.length,
  }, make("div", { role: "rowgroup", class: "heads" }, head), body));
  // The tab key stops at the head that had the focus last, if it is visible at this width.
  const heads = [...head.children].filter(cell => cell.offsetParent);
  const stop = heads.includes(head.children[headAt]) ? head.children[headAt] : heads[0];
  if (stop) stop.firstChild.tabIndex = 0;
  const chosen = state.element >= 0 ? listed.indexOf(state.element) : -1;
  if (listed.length) {
    rows = new Rows(body, { build: buildRow, open: place => choose(listed[place]) });
    rows.above = () => head.querySelector('[tabindex="0"]')?.focus();
    rows.reset(listed.length, chosen >= 0 && chosen < LISTED ? chosen : 0);
  } else {
    // The role grid requires a row.
    body.append(make("div", { role: "row", class: "empty", tabindex: 0 }, make("div", { role: "gridcell" },
      isFiltered() ? "Nothing matches these filters." : "The document lists none.")));
    rows = null;
  }
  if (listed.length > LISTED) host.append(make("p", { class: "faint" }, `The first ${digits(LISTED)} are listed; filters show the others.`));
}
let headAt = 0;
// The texts of a row, in the order of the columns.
function cellTexts(element) {
  if (state.isOfFiles) return [nameOf(element), ownerOf(element) || "in no package", licenseOf(element), layerOf(element)];
  return [
    nameOf(element), fullVersion(element), textOf(element, TYPE), licenseOf(element) || "not stated",
    supplierOf(element), layerOf(element), digits(needs[element]), digits(neededBy[element]),
  ];
}
function buildRow(place) {
  const element = listed[place], all = cellTexts(element);
  const row = make("div", {
    role: "row", class: "row", "aria-rowindex": place + 2, "aria-selected": String(element === state.element),
  });
  columnsOf(state.isOfFiles).forEach((column, at) => {
    const cell = make("div", { role: "gridcell", class: `cell ${column.key}` });
    if (column.key === "name") cell.append(...marked(all[at], state.query));
    else if (column.key === "license" && !licenseOf(element)) cell.append(make("span", { class: "faint" }, all[at]));
    else cell.append(all[at]);
    if (!column.isNumber && all[at].length > 12) cell.title = all[at];
    row.append(cell);
  });
  return row;
}

// MARK: The tree

// Rows exist only for what is unfolded, so a cycle cannot go on for ever.

let tree = null, treeKey = "";
function treeRow(element, kind, parent, place, size, isCycle = false) {
  return { element, kind, parent, level: parent ? parent.level + 1 : 1, place, size, isCycle, isOpen: false };
}
function childrenOf(row) {
  const leads = tree.leads;
  const list = row.element < 0 ? row.members.flatMap(element => [element, -1]) : row.isCycle ? [] : links[row.element];
  const wanted = [];
  for (let i = 0; i < list.length; i += 2) if (!leads || leads[list[i]]) wanted.push(list[i], list[i + 1]);
  return wanted;
}
const hasChildren = row => row.element < 0 || !row.isCycle && links[row.element].length > 0 && (!tree.leads || childrenOf(row).length > 0);
function unfold(at) {
  const row = tree.rows[at];
  if (row.isOpen || !hasChildren(row)) return;
  const list = childrenOf(row), size = list.length / 2, inner = [], above = new Set();
  for (let step = row; step; step = step.parent) above.add(step.element);
  for (let i = 0; i < list.length; i += 2) inner.push(treeRow(list[i], list[i + 1], row, i / 2 + 1, size, above.has(list[i])));
  row.isOpen = true;
  tree.rows = [...tree.rows.slice(0, at + 1), ...inner, ...tree.rows.slice(at + 1)];
}
function fold(at) {
  const row = tree.rows[at];
  let end = at + 1;
  while (end < tree.rows.length && tree.rows[end].level > row.level) end++;
  row.isOpen = false;
  tree.rows = [...tree.rows.slice(0, at + 1), ...tree.rows.slice(end)];
}
// Marks the elements that match the filters, and all elements that lead to them.
function leadingToListed() {
  const leads = new Uint8Array(count), queue = [...listed];
  for (const element of queue) leads[element] = 1;
  while (queue.length) {
    const own = sources[queue.pop()];
    for (let i = 0; i < own.length; i += 2) if (!leads[own[i]]) { leads[own[i]] = 1; queue.push(own[i]); }
  }
  return leads;
}
function plantTree() {
  const key = JSON.stringify([state.query, state.isOfFiles && isFiltered(), ...facets.map(facet => [...facet.chosen])]);
  if (tree && treeKey === key) return;
  treeKey = key;
  tree = { rows: [], leads: isFiltered() ? leadingToListed() : null, matches: isFiltered() ? new Set(listed) : null, active: 0 };
  const wanted = list => list.filter(element => !tree.leads || tree.leads[element]);
  const tops = wanted(roots), others = wanted(strays);
  tree.rows = tops.map((element, place) => treeRow(element, -1, null, place + 1, tops.length + (others.length ? 1 : 0)));
  if (others.length) {
    tree.rows.push({ ...treeRow(-1, -1, null, tops.length + 1, tops.length + 1), members: others });
    if (!tops.length) unfold(0);
  }
  // Rows with a single child are unfolded, down to the first with several.
  for (let at = 0, steps = 0; tops.length === 1 && steps < 6 && at < tree.rows.length; steps++) {
    unfold(at);
    if (tree.rows[at + 1]?.size !== 1 || tree.rows[at + 1].level <= tree.rows[at].level) break;
    at++;
  }
}
// Unfolds the shortest way to an element; returns its row, or -1.
function growTo(element) {
  const at = tree.rows.findIndex(row => row.element === element);
  if (at >= 0) return at;
  const from = new Int32Array(count).fill(-2), queue = [];
  for (const start of [...roots, ...strays]) {
    if (from[start] === -2 && (!tree.leads || tree.leads[start])) { from[start] = -1; queue.push(start); }
  }
  for (let i = 0; i < queue.length && from[element] === -2; i++) {
    const own = links[queue[i]];
    for (let j = 0; j < own.length; j += 2) {
      if (from[own[j]] === -2 && (!tree.leads || tree.leads[own[j]])) { from[own[j]] = queue[i]; queue.push(own[j]); }
    }
  }
  if (from[element] === -2) return -1;
  const way = [];
  for (let step = element; step >= 0; step = from[step]) way.push(step);
  if (way.length > DEEPEST) return -1;
  way.reverse();
  let row = tree.rows.findIndex(item => !item.parent && item.element === way[0]);
  if (row < 0) {
    const others = tree.rows.findIndex(item => item.element < 0);
    if (others < 0) return -1;
    unfold(others);
    row = tree.rows.findIndex(item => item.element === way[0]);
  }
  for (const step of way.slice(1)) {
    const parent = tree.rows[row];
    unfold(row);
    row = tree.rows.findIndex((item, place) => place > row && item.parent === parent && item.element === step);
    if (row < 0) return -1;
  }
  return row;
}
function buildTree(host) {
  plantTree();
  host.append(buildBar());
  if (!tree.rows.length) {
    host.append(make("p", { class: "empty" }, isFiltered() ? "Nothing matches these filters." : "The document lists nothing."));
    rows = null;
    return;
  }
  const grown = state.element >= 0 ? growTo(state.element) : -1;
  const body = make("div", { class: "rows tree", role: "tree", "aria-label": "Elements and what they lead to" });
  host.append(body);
  rows = new Rows(body, {
    build: buildTreeRow,
    open: (at, event) => {
      const row = tree.rows[at];
      if (event.target.closest?.(".fold") || row.element < 0) turn(at); else choose(row.element);
    },
    keys: (key, at) => {
      const row = tree.rows[at];
      if (key === "ArrowRight") {
        if (!row.isOpen && hasChildren(row)) turn(at);
        else if (row.isOpen) rows.activate(at + 1, true);
      } else if (key === "ArrowLeft") {
        if (row.isOpen) turn(at);
        else if (row.parent) rows.activate(tree.rows.indexOf(row.parent), true);
      } else {
        return false;
      }
      return true;
    },
  });
  // If several rows show the element, the one that was used last stays active.
  const isSame = tree.rows[tree.active]?.element === state.element;
  rows.reset(tree.rows.length, grown >= 0 && !isSame ? grown : Math.min(tree.active, tree.rows.length - 1));
}
function turn(at) {
  if (tree.rows[at].isOpen) fold(at); else unfold(at);
  tree.active = at;
  rows.reset(tree.rows.length, at);
}
function buildTreeRow(at) {
  const row = tree.rows[at], isGroup = row.element < 0, canOpen = hasChildren(row);
  const size = isGroup ? row.members.length : childrenOf(row).length / 2;
  const node = make("div", {
    role: "treeitem", class: isGroup || !tree.matches || tree.matches.has(row.element) ? "row" : "row passed",
    "aria-level": row.level, "aria-posinset": row.place, "aria-setsize": row.size,
    "aria-expanded": canOpen ? String(row.isOpen) : undefined, "aria-selected": String(!isGroup && row.element === state.element),
  }, make("span", { class: canOpen ? "fold" : "leaf", "aria-hidden": "true" }, canOpen ? (row.isOpen ? "▾" : "▸") : ""));
  node.style.setProperty("--level", Math.min(row.level - 1, 12));
  if (row.level > 13) node.append(make("span", { class: "faint" }, `level ${digits(row.level)}`));
  if (isGroup) node.append(make("span", { class: "name" }, "Nothing leads to these"));
  else {
    node.append(make("span", { class: "name", title: nameOf(row.element) }, ...marked(nameOf(row.element), state.query)));
    if (versionOf(row.element)) node.append(make("span", { class: "faint version" }, versionOf(row.element)));
    if (elements[row.element][KIND] !== PACKAGE) node.append(make("span", { class: "tag" }, kindWord(row.element)));
    if (row.kind >= 0) node.append(make("span", { class: "faint mono kind" }, kindName(row.kind)));
  }
  if (row.isCycle) node.append(make("span", { class: "note" }, "cycle: shown above"));
  else node.append(make("span", { class: "number faint" }, size ? digits(size) : ""));
  return node;
}

// MARK: The picture around one element

let pictured = -1, pages = new Map(), wayPage = 0;
function pairs(list) {
  const groups = new Map();
  for (let i = 0; i < list.length; i += 2) {
    if (!groups.has(list[i + 1])) groups.set(list[i + 1], []);
    groups.get(list[i + 1]).push(list[i]);
  }
  for (const group of groups.values()) group.sort((a, b) => nameRank[a] - nameRank[b]);
  return [...groups].sort((a, b) => isNeed[b[0]] - isNeed[a[0]] || a[0] - b[0]);
}
const HEADS = { needs: ["Needed by", "Needs"], CONTAINS: ["Contained in", "Contains"] };
function groupHead(kind, side) {
  return (isNeed[kind] ? HEADS.needs : HEADS[kinds[kind][0]])?.[side] ?? (side ? "Leads to" : "Led to by");
}
function buildPicture(host) {
  rows = null;
  if (!count) { host.append(make("p", { class: "empty" }, "The document lists nothing.")); return; }
  const element = state.element;
  if (element !== pictured) { pages = new Map(); wayPage = 0; pictured = element; }
  const stage = make("div", { class: "stage" });
  const column = side => {
    const own = side ? links[element] : sources[element];
    const groups = pairs(own), node = make("section", { class: `side ${side ? "right" : "left"}` });
    if (!groups.some(([kind]) => isNeed[kind])) {
      node.append(make("h2", {}, side ? "Needs" : "Needed by", make("span", { class: "faint" }, " 0")),
        make("p", { class: "faint none" }, side ? "No package is stated as needed." : "No package needs it."));
    }
    // The boxes of a side are shared by its types of relationships.
    const share = Math.max(3, Math.floor(BOXES * 2 / Math.min(groups.length || 1, 8)));
    for (const [kind, members] of groups.slice(0, 8)) node.append(group(kind, members, side, Math.min(BOXES, share)));
    if (groups.length > 8) node.append(make("p", { class: "faint" }, `${plural(groups.length - 8, "further type")} of relationships`));
    return node;
  };
  const group = (kind, members, side, size) => {
    const key = `${side}-${kind}`, total = Math.ceil(members.length / size), page = Math.min(pages.get(key) ?? 0, total - 1);
    const section = make("div", { class: "group" },
      make("h2", {}, groupHead(kind, side), make("span", { class: "faint" }, ` ${digits(members.length)}`)),
      make("p", { class: "mono faint kind" }, kindName(kind)));
    const list = make("ul", {});
    for (const member of members.slice(page * size, (page + 1) * size)) {
      const box = nodeButton(member, `${side}-${member}`);
      box.dataset.kind = isNeed[kind] ? "needs" : "other";
      list.append(make("li", {}, box));
    }
    section.append(list);
    if (total > 1) {
      section.append(make("p", { class: "pager" }, ...pager(key, groupHead(kind, side), page, total, members.length, size, next => {
        pages.set(key, next);
        rebuild($("panel"), render);
      })));
    }
    return section;
  };
  const centre = make("section", { class: "centre" }, make("div", { class: "focus", tabindex: -1, "data-key": "centre" },
    make("h2", {}, nameOf(element)),
    make("p", { class: "faint" }, [
      shortDigest(elements[element][VERSION]), textOf(element, TYPE) || kindWord(element), textOf(element, ARCHITECTURE),
    ].filter(text => text).join(" · ")),
    licenseOf(element) ? make("p", {}, licenseOf(element)) : null,
    make("p", { class: "actions" }, button("Show details", () => {
      go({ isOpen: true, view: isFrame(element) ? "tree" : "table" });
      focusDetails();
    }, { class: "quiet", "data-key": "to-details" }))));
  const lines = document.importNode($("lines").content.firstElementChild, true);
  stage.append(lines, centre, column(0), column(1));
  host.append(stage, waysSection(element));
  const draw = () => drawLines(stage, lines);
  stage.addEventListener("pointerover", event => emphasise(event.target, true));
  stage.addEventListener("pointerout", event => emphasise(event.target, false));
  for (const side of stage.querySelectorAll(".side")) {
    const first = side.querySelector(".box");
    if (first) first.tabIndex = 0;
    side.addEventListener("focusin", event => {
      if (event.target.matches(".box")) for (const box of side.querySelectorAll(".box")) box.tabIndex = box === event.target ? 0 : -1;
    });
  }
  stage.addEventListener("keydown", moveInPicture);
  stage.addEventListener("focusin", event => emphasise(event.target, true));
  stage.addEventListener("focusout", event => emphasise(event.target, false));
  watcher?.disconnect();
  watcher = new ResizeObserver(draw);
  watcher.observe(stage);
  draw();
}
let watcher = null;
const emphasise = (target, isOn) => target.closest?.(".box")?.line?.classList.toggle("shown", isOn);
// The tab key stops once at each side; the arrow keys go through it, and to the other side.
function moveInPicture(event) {
  const box = event.target.closest(".box"), side = box?.closest(".side");
  if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
  const own = [...side.querySelectorAll(".box")], at = own.indexOf(box);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: own.length - 1 };
  let next = null;
  if (event.key in steps) {
    next = own[Math.max(0, Math.min(own.length - 1, steps[event.key]))];
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const others = [...document.querySelectorAll(event.key === "ArrowLeft" ? ".left .box" : ".right .box")];
    const distance = other => Math.abs(other.getBoundingClientRect().top - box.getBoundingClientRect().top);
    next = others.includes(box) ? box : others.reduce((best, other) => !best || distance(other) < distance(best) ? other : best, null);
  }
  if (!next) return;
  event.preventDefault();
  next.focus();
}
function nodeButton(element, key) {
  const box = button("", () => { go({ element }); focusCentre(); }, { class: "box", "data-key": key, tabindex: -1 });
  box.append(make("span", { class: "name" }, nameOf(element)));
  if (versionOf(element)) box.append(" ", make("span", { class: "faint" }, versionOf(element)));
  if (elements[element][KIND] !== PACKAGE) box.append(" ", make("span", { class: "tag" }, kindWord(element)));
  return box;
}
function focusCentre() {
  const centre = document.querySelector(".focus");
  centre?.focus({ preventScroll: true });
  const top = centre?.getBoundingClientRect().top ?? 0;
  if (top < stuck() || top > innerHeight - 80) scrollBy(0, top - stuck() - 24);
}
// Draws lines between columns that stand side by side.
function drawLines(stage, svg) {
  const frame = stage.getBoundingClientRect(), centre = stage.querySelector(".focus").getBoundingClientRect();
  svg.replaceChildren();
  const middle = centre.top + centre.height / 2 - frame.top;
  for (const box of stage.querySelectorAll(".box")) {
    const at = box.getBoundingClientRect(), isLeft = at.right <= centre.left;
    if (!isLeft && at.left < centre.right) continue;
    const y = at.top + at.height / 2 - frame.top;
    const [from, to] = isLeft ? [at.right - frame.left, centre.left - frame.left] : [at.left - frame.left, centre.right - frame.left];
    const bend = (to - from) / 2, end = Math.max(centre.top - frame.top + 8, Math.min(centre.bottom - frame.top - 8, middle + (y - middle) * 0.12));
    const line = document.createElementNS(svg.namespaceURI, "path");
    // The arrow points to the element that is needed: on the left the one in the middle, on the right the box.
    const [tipX, tipY] = isLeft ? [to, end] : [from, y];
    line.setAttribute("d", `M${from},${y}C${from + bend},${y} ${to - bend},${end} ${to},${end}`
      + `M${tipX - 7},${tipY - 4}L${tipX},${tipY}L${tipX - 7},${tipY + 4}`);
    line.classList.add(box.dataset.kind);
    box.line = line;
    svg.append(line);
  }
}
// The shortest ways to an element from the elements that nothing needs, along needs only.
function waysFromTop(element) {
  const next = new Map([[element, -1]]), queue = [element], ways = [];
  for (let at = 0; at < queue.length; at++) {
    const target = queue[at], own = sources[target];
    if (!neededBy[target] && target !== element) ways.push(target);
    for (let i = 0; i < own.length; i += 2) {
      if (!isNeed[own[i + 1]] || isFrame(own[i]) || next.has(own[i])) continue;
      next.set(own[i], target);
      queue.push(own[i]);
    }
  }
  const stepsFrom = top => {
    const way = [];
    for (let step = top; step >= 0; step = next.get(step)) way.push(step);
    return way;
  };
  return { tops: ways, stepsFrom, reached: queue.length - 1 };
}
function waysSection(element) {
  const { tops, stepsFrom, reached } = waysFromTop(element);
  const section = make("section", { class: "ways" }, make("h2", {}, "Ways from the top-level packages"));
  if (!tops.length) {
    const way = isFrame(element) ? [] : wayTo(element);
    section.append(make("p", { class: "faint" }, reached ? "Only packages lead to it that need each other."
      : way.length > 1 ? "No package needs it. The shortest way to it:" : "No package needs it: it is at the top."));
    if (way.length > 1) section.append(make("p", { class: "way" }, ...wayButtons(way, "way-0")));
    return section;
  }
  const total = Math.ceil(tops.length / WAYS);
  wayPage = Math.min(wayPage, total - 1);
  section.append(make("p", { class: "faint" }, tops.length === 1 ? "1 package that nothing needs leads to it. The shortest way:"
    : `${digits(tops.length)} packages that nothing needs lead to it, the nearest first. The shortest way from each:`));
  const list = make("ol", { start: wayPage * WAYS + 1 });
  tops.slice(wayPage * WAYS, (wayPage + 1) * WAYS).forEach((top, place) =>
    list.append(make("li", {}, ...wayButtons(stepsFrom(top), `way-${place}`))));
  section.append(list);
  if (total > 1) {
    section.append(make("p", { class: "pager" }, ...pager("ways", "the ways", wayPage, total, tops.length, WAYS, page => {
      wayPage = page;
      rebuild($("panel"), render);
    })));
  }
  return section;
}
const link = (text, action, key) => button(text, action, { class: "link", "data-key": key });
function openElement(element) {
  go({ element, isOpen: true });
  if (state.view === "picture") focusCentre(); else focusDetails();
}
function wayButtons(way, key) {
  const nodes = [];
  shortened(way).forEach((step, place, all) => {
    if (place) nodes.push(make("span", { class: "faint arrow", "aria-hidden": "true" }, " → "));
    if (step < 0) nodes.push(make("span", { class: "faint" }, stepName(step)));
    else if (place === all.length - 1) nodes.push(make("strong", {}, nameOf(step)));
    else nodes.push(link(nameOf(step), () => openElement(step), `${key}-${place}`));
  });
  return nodes;
}

// MARK: The details of one element

function buildDetails() {
  const host = $("details"), element = state.element;
  const isShown = element >= 0 && state.view !== "picture" && (hasDetailColumn.matches || state.isOpen);
  const hadFocus = host.contains(document.activeElement);
  host.hidden = !isShown;
  document.documentElement.dataset.details = isShown ? "shown" : "none";
  // While the details cover the page, the focus cannot leave them.
  const isModal = isShown && !hasDetailColumn.matches;
  host.classList.toggle("over", isModal);
  for (const [name, value] of [["role", "dialog"], ["aria-modal", "true"]]) isModal ? host.setAttribute(name, value) : host.removeAttribute(name);
  for (const id of ["skip", "top", "tabs", "filters", "main"]) $(id).inert = isModal;
  document.documentElement.classList.toggle("still", isModal);
  if (!isShown) {
    host.replaceChildren();
    if (hadFocus) focusView();
    return;
  }
  const item = elements[element], list = make("dl", {});
  const entry = (title, ...content) => { if (content.some(part => part)) list.append(make("dt", {}, title), make("dd", {}, ...content)); };
  const license = texts[item[LICENSE]], named = licenseText(license), layer = texts[item[LAYER]].split(" ").filter(word => word);
  entry("Version", item[VERSION]);
  entry("Type", texts[item[TYPE]] || kindWord(element));
  entry("Architecture", texts[item[ARCHITECTURE]]);
  if (item[KIND] === PACKAGE || license) entry("License", named || make("span", { class: "faint" }, "not stated"));
  if (named !== license) entry("License expression", make("span", { class: "mono" }, license));
  entry("Supplier", texts[item[SUPPLIER]]);
  if (layer.length) {
    const digest = layer.filter(word => word.includes(":"));
    entry("Layer", layerOf(element) + " ", ...digest.slice(0, 1).map(text =>
      copyButton(shortDigest(text), text, "digest of the layer", { class: "quiet mono" })));
  }
  if (item[PURL]) {
    entry("Package URL", make("span", { class: "mono" }, item[PURL]), " ",
      button("Copy", () => copy(item[PURL], "package URL"), { class: "quiet", "aria-label": "Copy the package URL" }));
  }
  entry("Identifier", make("span", { class: "mono" }, item[ID]));
  const related = (title, list, total, side) => {
    if (!total) return null;
    const shown = list.slice(0, 6);
    return make("section", {}, make("h3", {}, title, make("span", { class: "faint" }, ` ${digits(total)}`)),
      make("p", { class: "links" }, ...shown.map(other => link(nameOf(other), () => openElement(other), `${side}-${other}`)),
        total > shown.length ? link(`${digits(total - shown.length)} more in the picture`, () => show("picture"), `more-${side}`) : null));
  };
  const needed = list => {
    const found = new Set();
    for (let i = 0; i < list.length; i += 2) if (isNeed[list[i + 1]] && !isFrame(list[i])) found.add(list[i]);
    return [...found].sort((a, b) => nameRank[a] - nameRank[b]);
  };
  const by = needed(sources[element]), to = needed(links[element]), way = isFrame(element) ? [] : wayTo(element);
  host.replaceChildren(
    make("div", { class: "details-head" }, make("h2", { tabindex: -1, id: "details-name" }, nameOf(element)),
      button("Close", closeDetails, { class: "quiet", "data-key": "close" })),
    make("p", { class: "actions" },
      state.view !== "table" && !isFrame(element) ? button("Show in the table", () => show("table")) : "",
      state.view !== "tree" ? button("Show in the tree", () => show("tree")) : "",
      button("Show in the picture", () => show("picture"))),
    list,
    way.length > 1 ? make("section", {}, make("h3", {}, "Shortest way to it"), make("p", { class: "way" }, ...wayButtons(way, "way"))) : "",
    ...[related("Needed by", by, by.length, 0), related("Needs", to, to.length, 1)].filter(part => part));
  if (hadFocus && document.activeElement === document.body) focusDetails();
}
function show(view) {
  const element = state.element;
  if (view === "table" && !listed.includes(element)) {
    for (const facet of facets) facet.chosen.clear();
    go({ view, query: "", isOfFiles: elements[element][KIND] === FILE, isOpen: hasDetailColumn.matches });
  } else {
    go({ view, isOpen: hasDetailColumn.matches });
  }
  focusView();
}
function choose(element) {
  if (state.view === "tree" && rows) tree.active = rows.active;
  const isOver = !hasDetailColumn.matches;
  go({ element, isOpen: true });
  if (isOver) focusDetails();
}
function focusDetails() { $("details-name")?.focus({ preventScroll: true }); $("details").scrollTop = 0; }
// Inert elements pass clicks on to the page.
addEventListener("click", event => {
  if ($("details").classList.contains("over") && [document.documentElement, document.body, $("body")].includes(event.target)) closeDetails();
});
function closeDetails() { go({ element: -1, isOpen: false }); focusView(); }
// Puts the focus on the active row of the view.
function focusView() {
  if (state.view === "picture") focusCentre();
  else if (rows?.length) rows.activate(rows.active, true);
  else $(`tab-${state.view}`).focus();
}

// MARK: The search field with its results

let results = { query: "", list: [], total: 0, at: -1, tables: [] };
function showResults() {
  const query = $("search").value, ranks = find(query), list = [];
  const total = ranks.reduce((sum, rank) => sum + rank.length, 0);
  for (const rank of ranks) for (const element of rank) if (list.push(element) >= FOUND) break;
  list.length = Math.min(list.length, FOUND);
  // The table lists either packages or files, so there is an option for each.
  const listable = ranks.flat().filter(element => !isFrame(element)), fileCount = listable.filter(element => elements[element][KIND] === FILE).length;
  const tables = [[false, listable.length - fileCount, "package"], [true, fileCount, "file"]].filter(([, number]) => number);
  results = { query, list, total, at: -1, tables };
  const isOpen = query.trim() !== "";
  $("found").hidden = !isOpen;
  $("search").setAttribute("aria-expanded", String(isOpen));
  $("search").removeAttribute("aria-activedescendant");
  if (!isOpen) { $("results").replaceChildren(); return; }
  $("hits").textContent = total ? plural(total, "result") : "No name and no package URL has this text.";
  $("help").textContent = total ? "Enter opens the first, arrow keys choose, Escape closes." : "";
  $("results").hidden = !total;
  $("results").replaceChildren(...list.map((element, place) => resultRow(element, place, query)));
  tables.forEach(([, number, word], place) => $("results").append(make("div", {
    role: "option", id: `result-all-${place}`, class: "result all", "aria-selected": "false", "data-place": list.length + place,
  }, number === 1 ? `Show the ${word} in the table` : `Show all ${plural(number, word)} in the table`)));
}
function resultRow(element, place, query) {
  const item = elements[element], way = isFrame(element) ? [] : shortened(wayTo(element));
  const first = make("span", { class: "first" }, make("span", { class: "name" }, ...marked(nameOf(element), query)),
    versionOf(element) ? make("span", { class: "faint" }, versionOf(element)) : null,
    make("span", { class: "tag" }, item[KIND] === PACKAGE ? texts[item[TYPE]] || "package" : kindWord(element)));
  const second = make("span", { class: "second faint" });
  if (item[PURL] && !nameOf(element).toLowerCase().includes(query.trim().toLowerCase())) second.append(...marked(item[PURL], query));
  else if (way.length > 1) second.textContent = way.map(stepName).join(" → ");
  else if (!isFrame(element)) second.textContent = item[KIND] === FILE ? "in no package" : neededBy[element] ? "in a cycle" : "top-level package";
  return make("div", { role: "option", id: `result-${place}`, class: "result", "aria-selected": "false", "data-place": place }, first, second);
}
function pointAt(place) {
  const options = [...$("results").children];
  if (!options.length) return;
  results.at = (place + options.length) % options.length;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === results.at)));
  $("search").setAttribute("aria-activedescendant", options[results.at].id);
  options[results.at].scrollIntoView({ block: "nearest" });
}
function closeResults() {
  $("found").hidden = true;
  $("search").setAttribute("aria-expanded", "false");
  $("search").removeAttribute("aria-activedescendant");
}
function openResult(place) {
  const element = results.list[place];
  closeResults();
  if (element === undefined) {
    const [isOfFiles] = results.tables[place - results.list.length];
    for (const facet of facets) facet.chosen.clear();
    go({ view: "table", query: results.query.trim(), isOfFiles, element: -1, isOpen: false });
    focusView();
    return;
  }
  // The table lists neither the image nor the operating system; the tree shows them.
  const view = state.view === "table" && isFrame(element) ? "tree" : state.view;
  if (view === "table") {
    state.isOfFiles = elements[element][KIND] === FILE;
    state.element = element;
    filter();
    if (!listed.includes(element)) { for (const facet of facets) facet.chosen.clear(); state.query = ""; }
  }
  go({ view, element, isOpen: true });
  if (view === "picture") focusCentre(); else if (!hasDetailColumn.matches) focusDetails(); else focusView();
}
$("search").addEventListener("input", showResults);
$("search").addEventListener("focus", () => { if ($("search").value.trim()) showResults(); });
$("search").addEventListener("keydown", event => {
  const isOpen = !$("found").hidden;
  if (event.key === "ArrowDown") { if (isOpen) pointAt(results.at + 1); else showResults(); }
  else if (event.key === "ArrowUp" && isOpen) pointAt(results.at < 0 ? -1 : results.at - 1);
  else if (event.key === "Enter" && !isOpen) showResults();
  else if (event.key === "Enter" && results.total) openResult(Math.max(0, results.at));
  else if (event.key === "Escape") {
    if (isOpen) closeResults();
    else if ($("search").value) { $("search").value = ""; showResults(); if (state.query) go({ query: "" }); }
    else { focusView(); }
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
$("results").addEventListener("pointerdown", event => event.preventDefault());
$("results").addEventListener("click", event => {
  const option = event.target.closest(".result");
  if (option) openResult(Number(option.dataset.place));
});
$("searching").addEventListener("focusout", event => { if (!$("searching").contains(event.relatedTarget)) closeResults(); });

// MARK: Keys, tabs, print

addEventListener("keydown", event => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName);
  if (event.key === "/" && !isTyping && !$("top").inert) {
    event.preventDefault();
    $("search").focus();
    $("search").select();
  } else if (event.key === "Escape" && !$("details").hidden) {
    closeDetails();
  }
});
document.querySelector(".skip").addEventListener("click", event => { event.preventDefault(); focusView(); });
document.querySelector("[role=tablist]").addEventListener("keydown", event => {
  const at = VIEWS.indexOf(state.view), steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: 2 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  openView(VIEWS[(steps[event.key] + 3) % 3]);
  $(`tab-${state.view}`).focus();
});
function openView(view) { go({ view, isOpen: hasDetailColumn.matches && state.isOpen }); }
for (const view of VIEWS) $(`tab-${view}`).addEventListener("click", () => openView(view));

// The filters in words.
function filterText() {
  const chosen = facets.filter(facet => facet.chosen.size)
    .map(facet => `${facet.title.toLowerCase()} ${[...facet.chosen].map(value => valueName(facet, value)).join(", ")}`);
  return [...(state.query ? [`name ${state.query}`] : []), ...chosen].join("; ");
}
addEventListener("beforeprint", () => {
  const head = make("tr", {}, ...columnsOf(state.isOfFiles).map(column => make("th", { scope: "col" }, column.title))), body = make("tbody", {});
  for (const element of listed.slice(0, PRINTED)) body.append(make("tr", {}, ...cellTexts(element).map(text => make("td", {}, text))));
  const all = state.isOfFiles ? files.length : packages.length;
  $("print").replaceChildren(
    make("p", {}, isFiltered() ? `${digits(listed.length)} of ${digits(all)}: ${filterText()}` : ""),
    make("table", { class: state.isOfFiles ? "files" : "packages" }, make("thead", {}, head), body),
    make("p", {}, listed.length > PRINTED ? `The first ${digits(PRINTED)} of ${digits(listed.length)} rows.` : ""));
});
addEventListener("afterprint", () => $("print").replaceChildren());

function render() {
  filter();
  if (state.view === "picture" && state.element < 0 && count) {
    // The first picture is around a package that nothing needs, the one that needs most.
    const isBetter = (a, b) => neededBy[a] < neededBy[b] || neededBy[a] === neededBy[b] && needs[a] > needs[b];
    state.element = listed.reduce((best, element) => best < 0 || isBetter(element, best) ? element : best, -1);
    if (state.element < 0) state.element = roots[0] ?? 0;
    written = address();
    location.replace("#" + written);
  }
  document.documentElement.dataset.view = state.view;
  for (const view of VIEWS) {
    const tab = $(`tab-${view}`);
    tab.setAttribute("aria-selected", String(view === state.view));
    tab.tabIndex = view === state.view ? 0 : -1;
  }
  buildFilters();
  const panel = $("panel"), hadRow = rows && rows.host.contains(document.activeElement);
  rebuild(panel, () => {
    const scroll = scrollY;
    panel.style.minHeight = `${panel.offsetHeight}px`;
    panel.setAttribute("aria-labelledby", `tab-${state.view}`);
    panel.replaceChildren();
    if (state.view === "table") buildTable(panel);
    else if (state.view === "tree") buildTree(panel);
    else buildPicture(panel);
    panel.style.minHeight = "";
    if (scrollY !== scroll) scrollTo(scrollX, scroll);
    rows?.update();
  });
  if (hadRow) { if (rows) rows.activate(rows.active, true); else focusView(); }
  buildDetails();
  if (rows && state.element >= 0 && !hadRow && revealed !== state.view + state.element) rows.reveal(rows.active);
  revealed = state.view + state.element;
  rows?.update();
}
let revealed = "";
for (const query of [hasFilterColumn, hasDetailColumn]) {
  query.addEventListener("change", () => {
    for (const facet of facets) facet.isOpen = null;
    render();
  });
}

// The title.
{
  $("name").textContent = $("name").title = sbom.name;
  if (sbom.tag) { $("tag").textContent = shortDigest(sbom.tag); $("tag").hidden = false; }
  document.title = `${sbom.name}${sbom.tag ? ":" + shortDigest(sbom.tag) : ""} – software bill of materials`;
  if (sbom.digest) {
    const shown = copyButton(shortDigest(sbom.digest), sbom.digest, "digest", { id: "digest", class: "quiet mono" });
    $("digest").replaceWith(shown);
  }
  const parts = [plural(packages.length, "package")];
  if (files.length) parts.push(plural(files.length, "file"));
  const systems = frame.filter(element => elements[element][KIND] === SYSTEM);
  if (systems.length === 1) parts.push(fullName(systems[0]));
  parts.push(plural(linkCount, "relationship"), sbom.format);
  if (sbom.document && sbom.document !== sbom.name && sbom.document !== `${sbom.name}:${sbom.tag}`) parts.push(sbom.document);
  $("totals").textContent = parts.join(" · ");
  if (sbom.incomplete !== undefined) {
    $("incomplete").textContent = `The document states that it is incomplete. ${sbom.incomplete}`.trim();
    $("incomplete").hidden = false;
  }
}
readAddress();
$("search").value = state.query;
place();
render();
