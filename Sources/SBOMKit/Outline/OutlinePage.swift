internal import SBOMFormats
internal import StructuredText

extension GraphPart {
    /// A page that needs nothing but a browser: a tree to fold and search, and a picture.
    var page: [UInt8] {
        var places: [Int32: Int] = [:]
        for (place, element) in elements.enumerated() { places[element] = place }
        func numbers(_ list: [Int32]) -> JSONValue {
            .array(list.compactMap { places[$0] }.map { .number(JSONNumber($0)) })
        }
        let items = elements.map { number -> JSONValue in
            let columns = graph.elements
            let texts = [
                label(number), columns.packageURLs[Int(number)], columns.license(number), columns.supplier(number),
                columns.layer(number), columns.ids[Int(number)],
            ]
            return .array([columns.isFile(number) ? 1 : 0] + texts.map { .string(VisibleText.of($0)) })
        }
        let edges = elements.map { number -> JSONValue in
            var flat: [JSONValue] = []
            for link in links(of: number) {
                guard let place = places[link.target] else { continue }
                flat += [.number(JSONNumber(place)), .number(JSONNumber(link.kind))]
            }
            return .array(flat)
        }
        let kinds = links.kinds.map { kind -> JSONValue in
            .string(VisibleText.of(kind.qualifier.isEmpty ? kind.word : "\(kind.word) (\(kind.qualifier))"))
        }
        let name = VisibleText.of(graph.name.isEmpty ? graph.documentID : graph.name)
        let value: JSONValue = [
            "name": .string(name), "format": .string("\(graph.format.rawValue) \(VisibleText.of(graph.version))"),
            "elements": .array(items), "links": .array(edges), "kinds": .array(kinds), "roots": numbers(roots),
            "strays": numbers(strays),
        ]
        var result = Array(Self.head.utf8)
        // What ends a script or begins a comment in HTML has a `<`, which JSON can spell otherwise.
        for byte in JSONWriter.bytes(of: value, .compact) {
            if byte == UInt8(ascii: "<") { result += "\\u003c".utf8 } else { result.append(byte) }
        }
        result += Self.tail.utf8
        return result
    }

    private static let head = #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>SBOM outline</title>
        <style>
        :root { color-scheme: light dark; --line: #8886; --accent: #2563c9; --mark: #b45309; --soft: #8882; }
        @media (prefers-color-scheme: dark) { :root { --accent: #7ab0ff; --mark: #f0b45a; } }
        * { box-sizing: border-box; }
        body { margin: 0; height: 100vh; display: grid; grid-template: auto 1fr / minmax(18rem, 38%) 1fr; font: 14px/1.5 system-ui, sans-serif; }
        header { grid-column: 1 / 3; display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; padding: .6rem 1rem; border-bottom: 1px solid var(--line); }
        h1 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; max-height: 20vh; overflow: auto; }
        header input { flex: 1; min-width: 12rem; padding: .3rem .6rem; font: inherit; }
        #tree { overflow: auto; padding: .6rem 1rem 3rem; border-right: 1px solid var(--line); }
        #tree ul { list-style: none; margin: 0; padding-left: 1.1rem; border-left: 1px solid var(--line); }
        #tree > ul { padding-left: 0; border: 0; }
        #tree h2 { font-size: 1rem; margin: .8rem 0 .2rem; }
        .row { white-space: nowrap; cursor: default; border-radius: 3px; padding: 0 .2rem; }
        .row:hover { background: var(--soft); }
        .row.chosen { background: var(--soft); outline: 1px solid var(--accent); }
        .fold { display: inline-block; width: 1.1rem; border: 0; background: none; color: inherit; cursor: pointer; padding: 0; font: inherit; }
        .kind { color: var(--accent); font-size: .8em; margin-right: .4em; }
        .mark { color: var(--mark); font-size: .85em; margin-left: .5em; }
        .faint { opacity: .65; }
        #picture { position: relative; overflow: hidden; min-height: 0; min-width: 0; }
        canvas, #picture > svg { position: absolute; inset: 0; width: 100%; height: 100%; cursor: grab; }
        [hidden] { display: none !important; }
        svg text { font: 12px system-ui, sans-serif; fill: CanvasText; }
        .node { cursor: pointer; }
        .node rect { fill: Canvas; stroke: var(--line); }
        .node.file rect { stroke-dasharray: 3 2; }
        .node:hover rect, .node:focus-visible rect { fill: color-mix(in srgb, var(--accent) 12%, Canvas); outline: none; }
        .node.found rect { stroke: var(--mark); stroke-width: 2; }
        .node.focus rect { stroke: var(--accent); stroke-width: 2; fill: color-mix(in srgb, var(--accent) 16%, Canvas); }
        .node.more rect { stroke: none; fill: none; }
        .node.more text { fill: var(--accent); }
        .edge { fill: none; stroke: #8887; }
        .edge.within { opacity: .45; }
        .edge.near { stroke: var(--accent); }
        .edge.into { stroke: var(--mark); }
        .edge.shown { stroke-width: 2.5; opacity: 1; }
        #about { position: absolute; left: 1rem; bottom: 1rem; max-width: calc(100% - 2rem); max-height: 40%; overflow: auto; padding: .5rem .8rem; background: Canvas; border: 1px solid var(--line); border-radius: 6px; overflow-wrap: anywhere; }
        #about:empty { display: none; }
        #about button { border: 0; background: none; color: var(--accent); padding: 0; font: inherit; text-align: left; cursor: pointer; overflow-wrap: anywhere; }
        #tools { position: absolute; right: 1rem; top: .6rem; background: Canvas; padding: .2rem .5rem; border-radius: 6px; }
        </style>
        </head>
        <body>
        <header><h1></h1><span id="counts" class="faint"></span><input id="search" type="search" placeholder="Search names, package URLs, licences" aria-label="Search"></header>
        <nav id="tree"></nav>
        <section id="picture"><svg role="group" aria-label="What the chosen element leads to, and what leads to it"></svg><canvas hidden></canvas><div id="tools"><label id="every" hidden><input id="all" type="checkbox"> all relationships</label> <button id="mode">Whole graph</button> <button id="fit">Fit</button></div><div id="about"></div></section>
        <script id="data" type="application/json">
        """#

    private static let tail = #"""
        </script>
        <script>
        "use strict";
        const sbom = JSON.parse(document.getElementById("data").textContent);
        const FILE = 0, LABEL = 1, PURL = 2, LICENCE = 3, SUPPLIER = 4, LAYER = 5, ID = 6;
        const { elements, links, kinds, roots, strays } = sbom;
        const count = elements.length, $ = id => document.getElementById(id);
        const files = elements.reduce((sum, e) => sum + e[FILE], 0);
        document.querySelector("h1").textContent = sbom.name;
        document.title = sbom.name + " – SBOM outline";
        const edgeCount = links.reduce((sum, l) => sum + l.length / 2, 0);
        $("counts").textContent = `${sbom.format}: ${count - files} packages, ${files} files, ${edgeCount} relationships`;

        function make(tag, cls, text) {
          const node = document.createElement(tag);
          if (cls) node.className = cls;
          if (text !== undefined) node.textContent = text;
          return node;
        }

        // The tree: rows are made when they are unfolded, so that cycles do no harm.
        const PIECE = 500;
        function item(element, kind, path) {
          const li = make("li"), row = make("div", "row");
          const isCycle = path.includes(element), own = links[element];
          const fold = make("button", "fold", own.length && !isCycle ? "▸" : "");
          fold.setAttribute("aria-label", "unfold");
          row.append(fold);
          if (kind >= 0) row.append(make("span", "kind", kinds[kind]));
          row.append(make("span", "", (elements[element][FILE] ? "📄 " : "📦 ") + elements[element][LABEL]));
          if (isCycle) row.append(make("span", "mark", "↻ cycle"));
          else if (own.length) row.append(make("span", "mark faint", "🔗 " + own.length / 2));
          let inner = null;
          const toggle = () => {
            if (!own.length || isCycle) return;
            if (inner) { inner.remove(); inner = null; fold.textContent = "▸"; return; }
            inner = list(own, path.concat(element));
            li.append(inner);
            fold.textContent = "▾";
          };
          fold.addEventListener("click", event => { event.stopPropagation(); toggle(); });
          row.addEventListener("click", () => choose(element, row));
          row.addEventListener("dblclick", toggle);
          li.append(row);
          li.unfold = () => { if (!inner) toggle(); };
          return li;
        }
        function list(flat, path) {
          const ul = make("ul");
          let next = 0;
          const more = () => {
            const end = Math.min(flat.length, next + PIECE * 2);
            for (; next < end; next += 2) ul.append(item(flat[next], flat[next + 1], path));
            if (next < flat.length) {
              const button = make("button", "", `${(flat.length - next) / 2} more`);
              const li = make("li");
              button.addEventListener("click", () => { li.remove(); more(); });
              li.append(button);
              ul.append(li);
            }
          };
          more();
          return ul;
        }
        const plain = list => list.flatMap(element => [element, -1]);
        function showTree() {
          const tree = $("tree");
          tree.replaceChildren(make("h2", "", `📂 describes ${roots.length} ${roots.length === 1 ? "element" : "elements"}`), list(plain(roots), []));
          if (strays.length) tree.append(make("h2", "", `❓ ${strays.length} that nothing leads to`), list(plain(strays), []));
          // What has but one way on is unfolded until there is something to choose from.
          let row = roots.length === 1 ? tree.querySelector("li") : null;
          for (let steps = 0; row && steps < 5; steps++) {
            row.unfold?.();
            const inner = row.querySelector(":scope > ul");
            row = inner?.children.length === 1 ? inner.firstChild : null;
          }
        }

        // What the nearest way to each element is; the picture is the tree of those ways.
        const parent = new Int32Array(count).fill(-1), via = new Int32Array(count).fill(-1), level = new Int32Array(count).fill(-1);
        const order = [], children = Array.from({ length: count }, () => []);
        for (const start of [...roots, ...strays]) if (level[start] < 0) { level[start] = 0; order.push(start); }
        for (let at = 0; at < order.length; at++) {
          const own = links[order[at]];
          for (let i = 0; i < own.length; i += 2) {
            const peer = own[i];
            if (level[peer] >= 0) continue;
            level[peer] = level[order[at]] + 1; parent[peer] = order[at]; via[peer] = own[i + 1];
            children[order[at]].push(peer); order.push(peer);
          }
        }
        const sources = Array.from({ length: count }, () => []);
        links.forEach((own, element) => { for (let i = 0; i < own.length; i += 2) sources[own[i]].push(element); });

        // A tree around a middle: each element has an angle by how many ends are behind it, and a ring by its level.
        const leaves = new Int32Array(count), from = new Float64Array(count), x = new Float64Array(count), y = new Float64Array(count);
        for (let at = order.length - 1; at >= 0; at--) {
          const e = order[at];
          if (!leaves[e]) leaves[e] = 1;
          if (parent[e] >= 0) leaves[parent[e]] += children[e].length ? leaves[e] : 1;
        }
        const tops = order.filter(e => parent[e] < 0), total = tops.reduce((sum, e) => sum + leaves[e], 0) || 1;
        const rings = order.length ? level[order[order.length - 1]] + 1 : 1;
        const widths = new Array(rings).fill(0);
        for (const e of order) widths[level[e]]++;
        const radius = [tops.length === 1 ? 0 : Math.max(80, tops.length * 2.2)];
        for (let i = 1; i < rings; i++) radius[i] = Math.max(radius[i - 1] + 110, Math.min(widths[i] * 14 / (2 * Math.PI), radius[i - 1] + 2500));
        // The middle is the first element with a choice of ways; what leads to it alone stands above it.
        let hub = 0;
        while (tops.length === 1 && hub + 1 < rings && widths[hub] === 1 && widths[hub + 1] === 1) hub++;
        const ring = lev => radius[Math.max(0, lev - hub)];
        let sum = 0;
        for (const e of tops) { from[e] = sum; sum += leaves[e]; }
        for (const e of order) {
          let start = from[e];
          for (const child of children[e]) { from[child] = start; start += leaves[child]; }
          const angle = (from[e] + leaves[e] / 2) / total * 2 * Math.PI;
          x[e] = level[e] <= hub && hub > 0 ? 0 : Math.cos(angle) * ring(level[e]);
          y[e] = level[e] <= hub && hub > 0 ? (level[e] - hub) * 45 : Math.sin(angle) * ring(level[e]);
        }

        const canvas = document.querySelector("canvas"), pen = canvas.getContext("2d");
        let scale = 1, left = 0, top_ = 0, chosen = -1, hovered = -1, found = null, waits = false, moved = false, isWhole = false;
        const extent = ring(rings - 1) + 40;
        function fit() {
          const box = canvas.getBoundingClientRect();
          // On either side there is room for names.
          scale = Math.max(0.001, Math.min(box.width - Math.min(260, box.width / 3), box.height)) / (2 * extent);
          left = box.width / 2; top_ = box.height / 2;
          draw();
        }
        function draw() { if (isWhole && !waits) { waits = true; requestAnimationFrame(paint); } }
        const dark = matchMedia("(prefers-color-scheme: dark)");
        dark.addEventListener("change", draw);
        function lines(pairs, colour, width) {
          pen.strokeStyle = colour; pen.lineWidth = width; pen.beginPath();
          for (const [a, b] of pairs) { pen.moveTo(x[a], y[a]); pen.lineTo(x[b], y[b]); }
          pen.stroke();
        }
        function paint() {
          waits = false;
          const box = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
          canvas.width = box.width * ratio; canvas.height = box.height * ratio;
          pen.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top_);
          const ink = dark.matches ? "#e5e5e5" : "#222222", accent = dark.matches ? "#7ab0ff" : "#2563c9", mark = dark.matches ? "#f0b45a" : "#d97706";
          const focus = hovered >= 0 ? hovered : chosen;
          if ($("all").checked) {
            const pairs = [];
            links.forEach((own, e) => { for (let i = 0; i < own.length; i += 2) if (parent[own[i]] !== e) pairs.push([e, own[i]]); });
            lines(pairs, ink + "14", 1 / scale);
          }
          lines(order.filter(e => parent[e] >= 0).map(e => [parent[e], e]), ink + (order.length > 1000 ? "0c" : "30"), 0.7 / scale);
          let near = new Set();
          if (focus >= 0) {
            const out = [], into = sources[focus].map(e => [e, focus]);
            for (let i = 0; i < links[focus].length; i += 2) out.push([focus, links[focus][i]]);
            lines(into, mark, 1.5 / scale); lines(out, accent, 1.5 / scale);
            const way = [];
            for (let e = focus; parent[e] >= 0; e = parent[e]) way.push([parent[e], e]);
            lines(way, mark, 3 / scale);
            near = new Set([focus, ...out.map(p => p[1]), ...into.map(p => p[0])]);
          }
          const size = e => Math.min(12, 3 + Math.sqrt(links[e].length / 2)) * Math.max(1, 0.5 / scale);
          for (const e of order) {
            const isFound = found && found.has(e);
            pen.fillStyle = e === focus ? mark : isFound ? mark : near.has(e) ? accent : elements[e][FILE] ? ink + "55" : parent[e] < 0 ? accent : ink + (found ? "44" : "99");
            pen.beginPath(); pen.arc(x[e], y[e], size(e) * (isFound ? 1.6 : 1), 0, 7); pen.fill();
          }
          // Names where there is room for them.
          pen.font = `${12 / scale}px system-ui, sans-serif`; pen.fillStyle = ink; pen.textBaseline = "middle";
          const taken = new Set();
          const name = (e, always) => {
            const px = x[e] * scale + left, py = y[e] * scale + top_;
            if (px < -50 || py < -10 || px > box.width + 10 || py > box.height + 10) return;
            const text = elements[e][LABEL].length > 40 ? elements[e][LABEL].slice(0, 39) + "…" : elements[e][LABEL];
            const row = Math.floor(py / 14), cells = [];
            for (let c = Math.floor(px / 20); c <= (px + text.length * 6.5) / 20; c++) cells.push(c * 10000 + row, c * 10000 + row + 1);
            if (!always && cells.some(c => taken.has(c))) return;
            cells.forEach(c => taken.add(c));
            pen.fillText(text, x[e] + size(e) + 3 / scale, y[e]);
          };
          if (focus >= 0) name(focus, true);
          for (const e of near) name(e);
          if (found) for (const e of found) name(e);
          for (const e of order) if (level[e] <= 1 || scale > 0.25) name(e);
        }
        function at(event) {
          const box = canvas.getBoundingClientRect();
          const px = (event.clientX - box.left - left) / scale, py = (event.clientY - box.top - top_) / scale;
          let best = -1, distance = (14 / scale) ** 2;
          for (const e of order) {
            const d = (x[e] - px) ** 2 + (y[e] - py) ** 2;
            if (d < distance) { distance = d; best = e; }
          }
          return best;
        }
        let drag = null;
        canvas.addEventListener("pointerdown", e => { drag = { x: e.clientX, y: e.clientY, left, top: top_, moved: false }; canvas.setPointerCapture(e.pointerId); });
        canvas.addEventListener("pointermove", e => {
          if (drag) {
            left = drag.left + e.clientX - drag.x; top_ = drag.top + e.clientY - drag.y;
            moved = true;
            drag.moved = drag.moved || Math.abs(e.clientX - drag.x) + Math.abs(e.clientY - drag.y) > 4;
            draw();
          } else {
            const e2 = at(e);
            if (e2 !== hovered) { hovered = e2; draw(); }
          }
        });
        canvas.addEventListener("pointerup", e => { if (drag && !drag.moved) choose(at(e)); drag = null; });
        canvas.addEventListener("pointerleave", () => { if (hovered >= 0) { hovered = -1; draw(); } });
        canvas.addEventListener("wheel", e => {
          e.preventDefault();
          const box = canvas.getBoundingClientRect(), px = e.clientX - box.left, py = e.clientY - box.top;
          const factor = Math.exp(-e.deltaY * 0.0015);
          moved = true;
          left = px - (px - left) * factor; top_ = py - (py - top_) * factor; scale *= factor;
          draw();
        }, { passive: false });
        $("all").addEventListener("change", draw);
        new ResizeObserver(() => moved ? draw() : fit()).observe(canvas);

        // The picture around one element: what leads to it, and what it leads to in two steps. However large the document
        // is, there are at most so many in a column, and the rest can be leafed through.
        const ROWS = 30, WIDE = 172, GAP = 48, HIGH = 24, NAME = 22, EDGES = 2000;
        const svg = document.querySelector("svg"), view = { x: 0, y: 0, scale: 1, moved: false, width: 1, height: 1 };
        let centre = -1, pages = [0, 0, 0];
        function shape(tag, attributes, text) {
          const node = document.createElementNS(svg.namespaceURI, tag);
          for (const name in attributes) node.setAttribute(name, attributes[name]);
          if (text !== undefined) node.textContent = text;
          return node;
        }
        const targets = e => links[e].filter((_, i) => i % 2 === 0);
        function page(list, column) {
          const last = Math.max(0, Math.ceil(list.length / ROWS) - 1);
          pages[column] = Math.min(pages[column], last);
          return list.slice(pages[column] * ROWS, (pages[column] + 1) * ROWS);
        }
        function around(element) {
          if (element !== centre) { pages = [0, 0, 0]; view.moved = false; }
          centre = element;
          svg.replaceChildren();
          if (centre < 0) return;
          const seen = new Set([centre]);
          const fresh = list => list.filter(e => !seen.has(e) && seen.add(e));
          const lists = [];
          lists[2] = fresh(targets(centre)); const right = page(lists[2], 2);
          lists[0] = fresh(sources[centre]); const before = page(lists[0], 0);
          lists[1] = fresh(right.flatMap(targets)); const further = page(lists[1], 1);
          const columns = [[before, 0], [[centre], -1], [right, 2], [further, 1]].filter(c => c[0].length);
          const tallest = Math.max(...columns.map(c => Math.min(c[0].length + 1, ROWS + 1)));
          const places = new Map(), edges = shape("g", {}), nodes = shape("g", {});
          columns.forEach(([list, number], column) => {
            const isCut = number >= 0 && lists[number].length > ROWS;
            const top = (tallest - list.length - (isCut ? 1 : 0)) * HIGH / 2;
            list.forEach((e, row) => {
              const at = { x: column * (WIDE + GAP), y: top + row * HIGH, column };
              places.set(e, at);
              nodes.append(box(e, at));
            });
            if (isCut) {
              const first = pages[number] * ROWS, all = lists[number].length;
              const more = shape("g", { class: "node more", tabindex: 0, role: "button", transform: `translate(${column * (WIDE + GAP)},${top + list.length * HIGH})` });
              more.append(shape("rect", { width: WIDE, height: HIGH - 4 }), shape("text", { x: 8, y: 14 }, `${first + 1} to ${first + list.length} of ${all} – next`));
              press(more, () => { pages[number] = first + ROWS < all ? pages[number] + 1 : 0; around(centre); });
              nodes.append(more);
            }
          });
          let left = EDGES;
          for (const [e, a] of places) {
            for (let i = 0; i < links[e].length && left > 0; i += 2) {
              const b = places.get(links[e][i]);
              if (b && a !== b) { edges.append(edge(e, links[e][i], links[e][i + 1], a, b)); left--; }
            }
          }
          svg.append(edges, nodes);
          view.width = columns.length * (WIDE + GAP) - GAP / 3; view.height = tallest * HIGH;
          view.moved ? place() : fitAround();
        }
        function press(node, action) {
          node.addEventListener("click", () => { if (!svg.dragged) action(); });
          node.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); action(); } });
        }
        function box(e, at) {
          const g = shape("g", { class: "node" + (e === centre ? " focus" : "") + (found && found.has(e) ? " found" : "") + (elements[e][FILE] ? " file" : ""), tabindex: 0, role: "button", transform: `translate(${at.x},${at.y})` });
          const letters = Array.from(elements[e][LABEL]);
          // What is wider than others of that many letters ends where its box does.
          const inside = shape("svg", { width: WIDE - 4, height: HIGH - 4, overflow: "hidden" });
          inside.append(shape("text", { x: 8, y: 14 }, letters.length > NAME ? letters.slice(0, NAME - 1).join("") + "…" : elements[e][LABEL]));
          g.append(shape("title", {}, elements[e][LABEL]), shape("rect", { width: WIDE, height: HIGH - 4, rx: 4 }), inside);
          press(g, () => choose(e));
          const show = isOn => svg.querySelectorAll(".edge").forEach(line => { if (line.from === e || line.to === e) line.classList.toggle("shown", isOn); });
          g.addEventListener("pointerenter", () => show(true));
          g.addEventListener("pointerleave", () => show(false));
          return g;
        }
        function edge(from, to, kind, a, b) {
          const y1 = a.y + HIGH / 2 - 2, y2 = b.y + HIGH / 2 - 2, isBack = b.column <= a.column;
          const x1 = isBack && a.column === b.column ? a.x + WIDE : isBack ? a.x : a.x + WIDE;
          const x2 = isBack && a.column !== b.column ? b.x + WIDE : a.column === b.column ? b.x + WIDE : b.x;
          const bend = a.column === b.column ? GAP * 0.7 : (x2 - x1) / 2;
          const c2 = a.column === b.column ? x2 + bend : x2 - bend;
          const line = shape("path", { class: "edge" + (from === centre ? " near" : to === centre ? " into" : Math.abs(a.column - b.column) !== 1 ? " within" : ""), d: `M${x1},${y1}C${x1 + bend},${y1} ${c2},${y2} ${x2},${y2}` });
          line.append(shape("title", {}, kinds[kind]));
          line.from = from; line.to = to;
          return line;
        }
        function place() {
          for (const g of svg.children) g.setAttribute("transform", `translate(${view.x},${view.y}) scale(${view.scale})`);
        }
        function fitAround() {
          const room = svg.getBoundingClientRect();
          // The tools stand above it, what is said of the chosen element below it; names stay legible.
          const below = $("about").offsetHeight ? $("about").offsetHeight + 28 : 12, high = room.height - 48 - below;
          view.scale = Math.max(0.7, Math.min(1, (room.width - 24) / view.width, high / view.height));
          view.x = Math.max(12, (room.width - view.width * view.scale) / 2);
          view.y = 48 + Math.max(0, (high - view.height * view.scale) / 2);
          place();
        }
        let pull = null;
        svg.addEventListener("pointerdown", e => { svg.dragged = false; pull = { x: e.clientX, y: e.clientY, left: view.x, top: view.y }; });
        svg.addEventListener("pointermove", e => {
          if (!pull || !(e.buttons & 1)) return;
          if (Math.abs(e.clientX - pull.x) + Math.abs(e.clientY - pull.y) > 4) svg.dragged = view.moved = true;
          view.x = pull.left + e.clientX - pull.x; view.y = pull.top + e.clientY - pull.y;
          place();
        });
        svg.addEventListener("pointerup", () => { pull = null; });
        svg.addEventListener("wheel", e => {
          e.preventDefault();
          const room = svg.getBoundingClientRect(), px = e.clientX - room.left, py = e.clientY - room.top;
          const factor = Math.exp(-e.deltaY * 0.0015);
          view.moved = true;
          view.x = px - (px - view.x) * factor; view.y = py - (py - view.y) * factor; view.scale *= factor;
          place();
        }, { passive: false });
        new ResizeObserver(() => { if (!view.moved && centre >= 0) fitAround(); }).observe(svg);
        $("fit").addEventListener("click", () => { if (isWhole) { moved = false; fit(); } else { view.moved = false; fitAround(); } });
        $("mode").addEventListener("click", () => {
          isWhole = !isWhole;
          canvas.hidden = !isWhole; svg.toggleAttribute("hidden", isWhole); $("every").hidden = !isWhole;
          $("mode").textContent = isWhole ? "Around one" : "Whole graph";
          if (isWhole) { moved = false; fit(); } else around(chosen >= 0 ? chosen : centre);
        });

        // The nearest way to an element from the top: of a very long one, both ends, with how many are between them.
        const ENDS = 12;
        function wayTo(element) {
          const way = [];
          for (let p = element; p >= 0; p = parent[p]) way.push(p);
          way.reverse();
          const left = way.length - 2 * ENDS;
          return left > 1 ? [...way.slice(0, ENDS), -left, ...way.slice(-ENDS)] : way;
        }
        const nameOnWay = p => p < 0 ? `… ${-p} more …` : elements[p][LABEL];

        function choose(element, row) {
          chosen = element;
          document.querySelectorAll(".chosen").forEach(r => r.classList.remove("chosen"));
          if (row) row.classList.add("chosen");
          const about = $("about");
          about.replaceChildren();
          if (element >= 0) {
            const e = elements[element];
            about.append(make("strong", "", e[LABEL]));
            for (const [title, text] of [["", e[PURL]], ["licence ", e[LICENCE]], ["supplier ", e[SUPPLIER]], ["layer ", e[LAYER]]])
              if (text) about.append(make("div", "faint", title + text));
            about.append(make("div", "", `needed or contained by ${sources[element].length}, leads to ${links[element].length / 2}`));
            const way = wayTo(element);
            if (way.length > 1) {
              const line = make("div");
              way.forEach((p, i) => {
                if (i) line.append(" → ");
                if (p < 0) { line.append(nameOnWay(p)); return; }
                const button = make("button", "", elements[p][LABEL]);
                button.addEventListener("click", () => choose(p));
                line.append(button);
              });
              about.append(line);
            }
          }
          if (isWhole) draw(); else if (element >= 0) around(element);
        }

        // Searching shows each match with the nearest way to it.
        const texts = elements.map(e => [e[LABEL], e[PURL], e[LICENCE], e[ID]].join("\n").toLowerCase());
        let timer = 0;
        function search() {
          const words = $("search").value.trim().toLowerCase();
          if (!words) { found = null; showTree(); isWhole ? draw() : around(centre); return; }
          const hits = order.filter(e => texts[e].includes(words));
          found = new Set(hits);
          const tree = $("tree"), ul = make("ul");
          tree.replaceChildren(make("h2", "", `${hits.length} ${hits.length === 1 ? "match" : "matches"}`), ul);
          for (const e of hits.slice(0, PIECE)) {
            const way = wayTo(parent[e]).map(nameOnWay);
            const li = item(e, via[e], []);
            if (way.length) li.firstChild.after(make("div", "faint", "    " + way.join(" → ")));
            ul.append(li);
          }
          if (hits.length > PIECE) ul.append(make("li", "faint", `${hits.length - PIECE} more`));
          isWhole ? draw() : around(hits.length && !found.has(centre) ? hits[0] : centre);
        }
        $("search").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
        showTree();
        around(order.length ? order[0] : -1);
        </script>
        </body>
        </html>

        """#
}
