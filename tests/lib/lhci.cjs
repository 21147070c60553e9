// Random assertions over reports, and what Lighthouse CI's own engine makes of them.
//   node lhci.cjs WORK CASES SEED REPORT...
// Writes into WORK: reports/ (the reports, and copies with holes in them), and for each case a folder with rc.json,
// perhaps budgets.json, paths (one a line), expected.json (as `lhci assert` writes it) and status (its exit status).
// LHCI or NODE_PATH names the node_modules that has @lhci/utils.
'use strict';

const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

const [work, cases, seed, ...files] = process.argv.slice(2);
const where = process.env.LHCI ? {paths: [process.env.LHCI]} : undefined;
const from = name => require(require.resolve(`@lhci/utils/src/${name}.js`, where));
const {getAllAssertionResults} = from('assertions');
const {convertBudgetsToAssertions} = from('budgets-converter');
const {loadRcFile} = from('lighthouserc');

// mulberry32: the same cases for the same seed.
let state = Number(seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = n => Math.floor(random() * n);
const pick = list => list[below(list.length)];
const chance = p => random() < p;

// ---- reports: as they are, and with what a real one may lack ----

const resources = ['total', 'document', 'script', 'stylesheet', 'image', 'media', 'font', 'other', 'third-party'];

function rows() {
  return Array.from({length: 1 + below(4)}, () => {
    const row = {resourceType: pick(resources), label: 'x', requestCount: below(20)};
    row[pick(['size', 'transferSize'])] = below(100000);
    if (chance(0.6)) row.sizeOverBudget = below(50000);
    if (chance(0.6)) row.countOverBudget = pick(['2 requests', '10 requests', 'requests', '0 requests', '3']);
    return row;
  });
}

const timings = ['Core initializer', 'super_Cool_Measure', 'ultraCoolMark', 'other:%Cool.Mark', '--x--', 'A'];

function spoil(report) {
  const ids = Object.keys(report.audits);
  for (let i = below(12); i > 0; i--) {
    const audit = report.audits[pick(ids)];
    if (!audit) continue;
    const spoilers = [
      () => { audit.score = null; },
      () => { audit.score = random(); },
      () => { delete audit.score; },
      () => { delete audit.numericValue; },
      () => { audit.numericValue = null; },
      () => { audit.numericValue = (random() - 0.2) * 10 ** below(24); },
      () => { audit.numericValue = random() * 10 ** -below(12); },
      () => { audit.scoreDisplayMode = pick(['notApplicable', 'informative', 'error', 'numeric']); },
      () => { delete audit.details; },
      () => { audit.details = {items: Array.from({length: below(5)}, (_, n) => ({n, name: '', list: [1, {a: '}'}]}))}; },
      () => { audit.title = pick(['', 'a "title" \\ in words', 'Größe 10 KiB']); },
      () => { audit.description = pick(['', 'no link', '[a](https://example.com/x) b [c](http://web.dev/y)',
        '[a] [b](ftp://x) [c](https://developers.google.com/web/z) [d](https://example.com) end', '[](https://x) [e](https://q']); },
      () => { delete report.audits[pick(ids)]; },
    ];
    pick(spoilers)();
  }
  if (chance(0.5)) report.audits['performance-budget'] = {title: 'Budget', score: null, scoreDisplayMode: 'informative',
    details: chance(0.8) ? {items: rows()} : undefined};
  if (chance(0.5) && report.audits['resource-summary']) report.audits['resource-summary'].details = {items: rows()};
  if (chance(0.5)) report.audits['user-timings'] = {title: 'User Timing', score: null, scoreDisplayMode: 'informative',
    details: {items: Array.from({length: below(5)}, () => chance(0.5) ? {name: pick(timings), startTime: random() * 1e4}
      : {name: pick(timings), startTime: 1, duration: random() * 1e3})}};
  if (chance(0.2)) report.categories[pick(Object.keys(report.categories))].score = null;
  if (chance(0.2)) delete report.categories[pick(Object.keys(report.categories))];
  if (chance(0.3)) report.finalUrl += pick(['?a=1', 'search', '#x']);
  if (chance(0.05)) delete report.finalUrl;
  return report;
}

function writeReports() {
  const read = files.map(file => {
    const bytes = fs.readFileSync(file);
    return (file.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes).toString();
  });
  fs.mkdirSync(path.join(work, 'reports'));
  return read.concat(read.slice(0, 24), read.slice(0, 24)).map((text, i) => {
    const report = i < read.length ? JSON.parse(text) : spoil(JSON.parse(text));
    const file = path.join(work, 'reports', `lhr-${1000000 + i}.json`);
    fs.writeFileSync(file, JSON.stringify(report));
    return {file, report};
  });
}

// ---- what is asserted ----

const camel = key => key.replace(/-([a-z])/g, (_, c) => c.toUpperCase());

function key(ids) {
  const made = pick([
    () => pick(ids),
    () => pick(ids),
    () => pick(ids),
    () => pick(['first-contentful-paint', 'interactive', 'speed-index', 'network-requests', 'total-byte-weight']),
    () => `categories${pick(':.')}${pick(['performance', 'accessibility', 'seo', 'best-practices', 'pwa'])}`,
    () => `resource-summary${pick(':.')}${pick(resources)}${pick(':.')}${pick(['size', 'count'])}`,
    () => `user-timings${pick(':.')}${pick(['core-initializer', 'super-cool-measure', 'ultraCoolMark', 'other-cool-mark', 'x', 'a', 'none'])}`,
    () => 'performance-budget',
    () => pick(['missing', 'first-contentful-paint:x', 'categories', 'user-timings', ':dom-size', 'resource-summary']),
  ])();
  return chance(0.1) ? camel(made) : made;
}

const number = () => pick([() => below(10), () => random(), () => below(100000) / 10, () => random() * 1e6, () => 0, () => 0.9])();

function assertion() {
  const level = chance(0.03) ? pick(['fatal', 'Error']) : pick(['off', 'warn', 'error', 'error']);
  if (chance(0.3)) return level;
  if (chance(0.1)) return [level];
  const options = {};
  if (chance(0.4)) options.minScore = pick([0, 0.5, 0.9, 1, random()]);
  if (chance(0.3)) options.maxLength = below(8);
  if (chance(0.4)) options.maxNumericValue = number();
  if (chance(0.5)) options.aggregationMethod = method();
  return [level, options];
}

const method = () => chance(0.03) ? 'mean' : pick(['optimistic', 'pessimistic', 'median', 'median-run']);

function assertions(ids) {
  const made = {};
  for (let i = below(12); i >= 0; i--) made[key(ids)] = assertion();
  return made;
}

const patterns = ['.*', '/$', '^http', 'espresso', '127\\.0\\.0\\.1:\\d+/$', '/p/\\w+', '(?=x)y', '[^]search', 'nothing', '\\/p\\/[a-z]{2,}', '^undefined$'];

function set(ids) {
  const made = {};
  if (chance(0.3)) made.preset = pick(['lighthouse:all', 'lighthouse:recommended', 'lighthouse:no-pwa']);
  if (!made.preset || chance(0.7)) made.assertions = assertions(ids);
  if (chance(0.3)) made.matchingUrlPattern = pick(patterns);
  if (chance(0.3)) made.aggregationMethod = method();
  return made;
}

function budgets() {
  const some = (list, make) => list.filter(() => chance(0.3)).map(make);
  return Array.from({length: 1 + below(3)}, () => {
    const made = {};
    if (chance(0.7)) made.path = pick(['/', '/p/*', '/*presso$', '/p/espresso$', '/$', '/a.b', '/none']);
    if (chance(0.5)) made.timings = some(['first-contentful-paint', 'interactive', 'speed-index'], metric => ({metric, budget: below(4000)}));
    if (chance(0.7)) made.resourceSizes = some(resources, resourceType => ({resourceType, budget: number()}));
    if (chance(0.7)) made.resourceCounts = some(resources, resourceType => ({resourceType, budget: below(12)}));
    return made;
  });
}

async function writeCase(i, reports) {
  const folder = path.join(work, `case-${String(i).padStart(4, '0')}`);
  const chosen = reports.slice(below(reports.length)).filter(() => chance(0.2)).slice(0, 1 + below(9));
  if (chosen.length === 0) chosen.push(pick(reports));
  const ids = Object.keys(chosen[0].report.audits);
  const options = chance(0.2) ? {assertMatrix: Array.from({length: 1 + below(3)}, () => set(ids))} : set(ids);
  if (chance(0.5)) options.includePassedAssertions = chance(0.9);

  fs.mkdirSync(folder);
  const rc = path.join(folder, 'rc.json');
  let results = [], status = 0;
  let asserted = options;
  try {
    if (chance(0.15)) {
      const budgetsFile = path.join(folder, 'budgets.json');
      fs.writeFileSync(budgetsFile, JSON.stringify(budgets()));
      fs.writeFileSync(rc, JSON.stringify({ci: {assert: {budgetsFile}}}));
      asserted = await convertBudgetsToAssertions(JSON.parse(fs.readFileSync(budgetsFile, 'utf8')));
    } else {
      fs.writeFileSync(rc, JSON.stringify({ci: {assert: options}}));
      asserted = loadRcFile(rc).ci.assert;
    }
    results = getAllAssertionResults(asserted, chosen.map(one => JSON.parse(fs.readFileSync(one.file, 'utf8'))));
    if (results.some(result => !result.passed && result.level === 'error')) status = 1;
  } catch (error) {
    status = 3;
    fs.writeFileSync(path.join(folder, 'thrown'), String(error.stack));
  }
  fs.writeFileSync(path.join(folder, 'paths'), chosen.map(one => one.file + '\n').join(''));
  fs.writeFileSync(path.join(folder, 'expected.json'), status === 3 ? '' : JSON.stringify(results, null, 2) + '\n');
  fs.writeFileSync(path.join(folder, 'status'), `${status}\n`);
}

(async () => {
  const reports = writeReports();
  for (let i = 0; i < Number(cases); i++) await writeCase(i, reports);
})();
