// The oracle of seocheck_extract.t: reads pages by parse5, an HTML5 parser, and by `rounds-seocheck extract`, and counts
// the pages on which links, metas, title, h1, images and ld+json blocks are the same multisets.
//   node parse5.mjs PROGRAM SCRATCH SEEDS PAGE...
// SEEDS mutations of each page are read too. Prints "N same, N other" for the pages and for the mutations; what differs
// goes to stderr.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "parse5";

const [program, scratch, seeds, ...pages] = process.argv.slice(2);
const base = "https://site.example/folder/page";

// ---- what an HTML5 parser sees ----

const blocks = new Set(`address article aside blockquote br caption center dd details dialog dir div dl dt fieldset
  figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol optgroup option p pre
  search section summary table tbody td tfoot th thead tr ul`.split(/\s+/));
const silent = new Set(["script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "template"]);

const isHtml = (node) => node.namespaceURI.endsWith("xhtml");
const fold = (text) => text.replace(/[ \t\n\f\r\0]+/g, " ").replace(/^ | $/g, "");

function textOf(node) {
  if (node.nodeName === "#text") return node.value;
  const text = (node.childNodes ?? []).map((child) => (silent.has(child.tagName) && isHtml(child) ? "" : textOf(child))).join("");
  return blocks.has(node.tagName) ? ` ${text} ` : text;
}

function* elements(root) {
  const stack = [root];
  while (stack.length > 0) {
    const node = stack.pop();
    if (node.tagName) yield node;
    for (const child of [...(node.childNodes ?? [])].reverse()) stack.push(child);
  }
}

// A URL less what no two parsers spell alike: fragment, order of parameters, escapes.
function urlOf(href, from) {
  try {
    const url = new URL(href, from);
    if (!/^https?:$/.test(url.protocol)) return null;
    url.hash = "";
    const plain = (text) => text.replace(/%[0-9a-f]{2}/gi, (hex) => {
      const char = String.fromCharCode(parseInt(hex.slice(1), 16));
      return /[A-Za-z0-9\-._~]/.test(char) ? char : hex.toUpperCase();
    }).replace(/[\\^|`{}"<>' \[\]]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase());
    const query = plain(url.search.slice(1)).split("&").filter((pair) => pair !== "").sort().join("&");
    return url.origin + plain(new URL(plain(url.pathname), url).pathname) + (query && "?" + query);
  } catch {
    return null;
  }
}

function oracle(text) {
  const page = { title: null, h1: [], links: [], meta: [], images: [], jsonld: 0 };
  const hrefs = new Map();
  let from = null;
  for (const node of elements(parse(text, { scriptingEnabled: false, sourceCodeLocationInfo: true }))) {
    const attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]));
    const { href, content, src, alt } = attributes;
    if (!node.sourceCodeLocation) continue; // not a tag of the page: implied, or opened again
    if ((node.tagName === "a" || node.tagName === "area") && href !== undefined)
      hrefs.set(node.sourceCodeLocation?.startOffset, href); // the tree may hold one tag several times
    else if (node.tagName === "base" && href && from === null) from = href;
    else if (node.tagName === "title" && isHtml(node) && page.title === null)
      page.title = fold(node.childNodes.map((child) => child.value).join(""));
    else if (node.tagName === "h1") page.h1.push(fold(textOf(node)));
    else if (node.tagName === "img") page.images.push([src ?? "", alt === undefined ? null : fold(alt)]);
    else if (node.tagName === "meta" && content !== undefined) {
      const name = attributes.name ?? attributes.property ?? attributes["http-equiv"];
      if (name !== undefined) page.meta.push([fold(name).replace(/[A-Z]/g, (c) => c.toLowerCase()), fold(content)]);
    } else if (node.tagName === "script" && /^[ \t\n\f\r]*application\/ld\+json[ \t\n\f\r]*(;|$)/i.test(attributes.type ?? ""))
      page.jsonld++;
  }
  const root = from === null ? base : (() => { try { return new URL(from, base).href; } catch { return base; } })();
  page.links = [...hrefs.values()].map((href) => urlOf(href, root)).filter((url) => url !== null);
  return page;
}

function ours(file) {
  const run = spawnSync(program, ["extract", file, "--base", base], { maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`${file}: exit ${run.status}: ${run.stderr}`);
  const said = JSON.parse(run.stdout);
  return { title: said.title, h1: said.h1, links: said.links.map(({ url }) => urlOf(url)),
    meta: Object.entries(said.meta).flatMap(([name, all]) => all.map((content) => [name, content])),
    images: said.images.map(({ src, alt }) => [src, alt]), jsonld: said.jsonld_count };
}

function difference(a, b) {
  for (const part of Object.keys(a)) {
    const sorted = (value) => JSON.stringify(Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value);
    const left = sorted(a[part]).replace(/\\+[trn]/g, " "), right = sorted(b[part]).replace(/\\+[trn]/g, " ");
    if (left !== right) {
      let at = 0;
      while (left[at] === right[at]) at++;
      return `${part}: parse5 ${left.slice(Math.max(0, at - 60), at + 60)} extract ${right.slice(Math.max(0, at - 60), at + 60)}`;
    }
  }
  return null;
}

// ---- pages, and mistakes in them ----

// BOM, meta, validity, windows-1252: there is no header.
function decode(bytes) {
  const label = /<meta[^>]*charset\s*=\s*["']?([\w-]+)/i.exec(bytes.subarray(0, 1024).toString("latin1"))?.[1];
  if (label) try { return new TextDecoder(label).decode(bytes); } catch { /* unknown */ }
  try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { return new TextDecoder("windows-1252").decode(bytes); }
}

const random = (state) => () => { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

// The mistakes that people make: a tag forgotten, doubled or cut, a quote lost, a comment not closed.
function mutate(text, next) {
  const tags = [...text.matchAll(/<\/?[a-z][^>]*>/gi)];
  const strays = ["</div>", "</p>", "<div>", "</a>", "<!-- <a href=c> -->", "<p>", "</span>", "<svg><title>t</title></svg>", "<b>",
    "<noscript><img src=n></noscript>", "<textarea><a href=t></textarea>", "<template><a href=x></template>", "&copy", "<br/>",
    "<a href='s?a=1&amp;b&#61;2'>", "<h1>s</h1>", "<meta name=x content='y\n z'>", "<img src=i alt>", "<"];
  for (let times = 1 + Math.floor(next() * 3); times > 0 && tags.length > 0; times--) {
    const { 0: tag, index } = tags[Math.floor(next() * tags.length)];
    if (text.slice(index, index + tag.length) !== tag) continue;
    const kind = Math.floor(next() * 6), end = index + tag.length;
    const changed = kind === 0 ? "" : kind === 1 ? tag + tag : kind === 2 ? tag + strays[Math.floor(next() * strays.length)]
      : kind === 3 ? tag.replace(/["']/, "") : kind === 4 ? tag.replace(/=["']([^"'\s]*)["']/g, "=$1") : tag.toUpperCase();
    text = text.slice(0, index) + changed + text.slice(end);
  }
  return text;
}

const counts = [[0, 0], [0, 0]];

function compare(name, file, text, isMutation) {
  const found = difference(oracle(text), ours(file));
  counts[isMutation ? 1 : 0][found ? 1 : 0]++;
  if (found) process.stderr.write(`${name}: ${found}\n`);
}

for (const page of pages) {
  const text = decode(readFileSync(page));
  compare(page, page, text, false);
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const changed = mutate(text, random(seed * 1000003 + text.length));
    const file = `${scratch}/mutation.html`;
    writeFileSync(file, "\ufeff" + changed);
    compare(`${page}, mutation ${seed}`, file, changed, true);
  }
}
for (const [same, other] of counts) process.stdout.write(`${same} same, ${other} other\n`);
