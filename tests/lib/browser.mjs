// Looks at pages in headless Chromium at phone, tablet and desk width, light and dark, through the DevTools pipe
// (no port, no module), and says a line a view: "ok 360 light PAGE" or "not ok 360 light PAGE: what is wrong".
//   node browser.mjs [--pictures FOLDER] PAGE...      also takes FOLDER/report-WIDTH-SCHEME*.png of 360 and 1440
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const pages = process.argv.slice(2);
const folder = pages[0] === '--pictures' ? pages.splice(0, 2)[1] : undefined;
const profile = mkdtempSync(join(tmpdir(), 'rounds-browser-'));
const browser = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
  '--hide-scrollbars', '--no-first-run', '--disable-background-networking', '--remote-debugging-pipe', `--user-data-dir=${profile}`,
  'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const [, , , toBrowser, fromBrowser] = browser.stdio;
const waiting = new Map(); // id of a command: what to do with its answer
const heard = new Map(); // name of an event: what to do with it
let last = 0;
let rest = '';

const gone = new Promise((done) => browser.on('close', done));
const timer = setTimeout(() => { console.log('not ok browser: no answer in 240 s'); browser.kill('SIGKILL'); }, 240000);
browser.on('error', (error) => { console.log(`not ok browser: ${error.message}`); process.exit(1); });
fromBrowser.setEncoding('utf8').on('data', (part) => {
  const messages = (rest + part).split('\0');
  rest = messages.pop();
  for (const text of messages) {
    const message = JSON.parse(text);
    if (message.id) waiting.get(message.id)(message);
    else heard.get(message.method)?.(message.params);
  }
});

function send(method, params = {}, sessionId = undefined) {
  const id = ++last;
  toBrowser.write(JSON.stringify({ id, method, params, sessionId }) + '\0');
  return new Promise((good, bad) => waiting.set(id, (answer) =>
    answer.error ? bad(new Error(`${method}: ${answer.error.message}`)) : good(answer.result)));
}

// Runs in the page: what does not fit, and which charts show nothing.
function look() {
  const wrong = [];
  document.querySelectorAll('details.others').forEach((e) => { e.open = true; });
  const scroller = document.scrollingElement;
  if (scroller.scrollWidth > scroller.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].find((e) => !e.closest('.scroll') && !e.closest('.hidden') &&
      e.getBoundingClientRect().right > innerWidth + 0.5);
    wrong.push(`scrolls sideways, ${scroller.scrollWidth} > ${scroller.clientWidth}, at ${wide?.outerHTML.slice(0, 80)}`);
  }
  const charts = [...document.querySelectorAll('svg.chart')];
  for (const chart of charts) {
    const name = chart.querySelector('title').textContent;
    const frame = chart.getBoundingClientRect();
    const drawn = [...chart.querySelectorAll('.line, .area, .bar, .sign, circle, .none')].filter((e) => {
      const box = e.getBoundingClientRect();
      const style = getComputedStyle(e);
      return box.width + box.height > 1 && (style.stroke !== 'none' || style.fill !== 'none') &&
        box.left >= frame.left - 6 && box.right <= frame.right + 6 && box.top >= frame.top - 6 &&
        box.bottom <= frame.bottom + 6;
    });
    if (frame.width < 200 || frame.height < 30 || drawn.length === 0) wrong.push(`chart '${name}' is blank`);
    for (const text of chart.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1)
        wrong.push(`'${text.textContent}' leaves chart '${name}'`);
    }
  }
  return { wrong, charts: charts.length };
}

try {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const inPage = (method, params) => send(method, params, sessionId);
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await inPage(`${domain}.enable`);
  const views = pages.flatMap((page) => [360, 768, 1440].flatMap((width) =>
    ['light', 'dark'].map((scheme) => ({ page, width, scheme }))));
  for (const { page, width, scheme } of views) {
    const wrong = [];
    heard.set('Log.entryAdded', ({ entry }) => wrong.push(`console: ${entry.text}`));
    heard.set('Runtime.consoleAPICalled', ({ args }) => wrong.push(`console: ${JSON.stringify(args)}`));
    heard.set('Runtime.exceptionThrown', ({ exceptionDetails }) => wrong.push(`console: ${exceptionDetails.text}`));
    heard.set('Network.requestWillBeSent', ({ type, request }) => {
      if (type !== 'Document') wrong.push(`request: ${request.url.slice(0, 80)}`);
    });
    const metrics = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await inPage('Emulation.setDeviceMetricsOverride', metrics);
    await inPage('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    const loaded = new Promise((done) => heard.set('Page.loadEventFired', done));
    await inPage('Page.navigate', { url: `file://${resolve(page)}` });
    await loaded;
    const { result } = await inPage('Runtime.evaluate', { expression: `(${look})()`, returnByValue: true });
    wrong.push(...result.value.wrong);
    if (result.value.charts === 0) wrong.push('no chart at all');
    const view = `${width} ${scheme} ${basename(page)}`;
    console.log(wrong.length ? `not ok ${view}: ${wrong.join('; ')}` : `ok ${view}`);
    if (!folder || width === 768) continue;
    await inPage('Runtime.evaluate',
      { expression: 'document.querySelectorAll("details").forEach((e) => { e.open = false; })' });
    // The top of the page, and what stands behind the findings.
    const height = 1560;
    const { result: tool } = await inPage('Runtime.evaluate', {
      expression: "document.querySelector('section.tool').getBoundingClientRect().top", returnByValue: true });
    const tops = [0, Math.round(tool.value)];
    for (const [i, y] of tops.entries()) {
      const clip = { x: 0, y, width, height, scale: 1 };
      const { data } = await inPage('Page.captureScreenshot', { format: 'png', clip, captureBeyondViewport: true });
      writeFileSync(join(folder, `report-${width}-${scheme}${i ? '-charts' : ''}.png`), Buffer.from(data, 'base64'));
    }
  }
  await send('Browser.close');
} catch (error) {
  console.log(`not ok browser: ${error.message}`);
  browser.kill('SIGKILL');
}
await gone;
clearTimeout(timer);
rmSync(profile, { recursive: true, force: true });
