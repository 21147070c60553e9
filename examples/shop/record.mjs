// What the browser does while recording: real visits in headless Chromium, and an account of them.
// Usage: node record.mjs PLAYWRIGHT_FOLDER ORIGIN FOLDER; reads FOLDER/events.jsonl and FOLDER/access.log
// when all visits are done and writes FOLDER/README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [tools, origin, folder] = process.argv.slice(2);
const { chromium } = createRequire(tools)('playwright-core');

const wait = (page, ms) => page.waitForTimeout(ms);

async function go(page, path) {
  await page.goto(origin + path);
  await wait(page, 600);
}

async function follow(page, selector) {
  await page.click(selector);
  await page.waitForLoadState();
  await wait(page, 600);
}

async function fillCart(page, key) {
  await go(page, '/p/' + key);
  await page.click('[data-add]');
  await follow(page, 'main a[href="/cart"]');
}

async function pay(page, card) {
  await follow(page, '#express');
  await page.fill('#name', 'Kim Example');
  await page.fill('#address', '1 Example Street');
  await page.fill('#card', card);
  await page.click('#pay button');
  await wait(page, 900);
}

async function search(page, words) {
  await follow(page, 'nav a[href="/search"]');
  await page.fill('#q', words);
  await follow(page, 'form button');
}

const visits = [
  ['desktop', 'looks round: home, espresso, filter, about', async (page) => {
    await go(page, '/');
    await follow(page, 'a.card[href="/p/espresso"]');
    await page.goBack();
    await follow(page, 'a.card[href="/p/filter"]');
    await follow(page, 'nav a[href="/about"]');
  }],
  ['mobile', 'looks round: home, espresso, contact', async (page) => {
    await go(page, '/');
    await follow(page, 'a.card[href="/p/espresso"]');
    await follow(page, 'nav a[href="/contact"]');
  }],
  ['desktop', 'searches "espresso" and opens the result', async (page) => {
    await go(page, '/');
    await search(page, 'espresso');
    await follow(page, '#results a');
  }],
  ['mobile', 'searches "decaf" and "oat milk" and finds nothing', async (page) => {
    await go(page, '/');
    await search(page, 'decaf');
    await search(page, 'oat milk');
  }],
  ['desktop', 'rage clicks on the dead voucher button, six clicks', async (page) => {
    await fillCart(page, 'espresso');
    await page.fill('[placeholder=Voucher]', 'SPRING');
    await page.click('#voucher', { clickCount: 6, delay: 40 });
    await wait(page, 3000);
  }],
  ['mobile', 'taps the dead voucher button once and waits', async (page) => {
    await fillCart(page, 'filter');
    await page.tap('#voucher');
    await wait(page, 3000);
  }],
  ['desktop', 'asks the grinder page for Turkish coffee: an exception', async (page) => {
    await go(page, '/p/grinder');
    await page.selectOption('#brew', '22');
    await page.click('#grind');
    await page.selectOption('#brew', '0');
    await page.click('#grind');
    await wait(page, 600);
  }],
  ['mobile', 'the same exception on a phone', async (page) => {
    await go(page, '/p/grinder');
    await page.selectOption('#brew', '0');
    await page.tap('#grind');
    await wait(page, 3000);
  }],
  ['desktop', 'reads the slow guide and counts again: slow paint, slow click, late banner', async (page) => {
    await go(page, '/guide');
    await page.click('#recount');
    await wait(page, 600);
    await follow(page, 'article a[href="/p/grinder"]');
  }],
  ['mobile', 'reads the slow guide', async (page) => {
    await go(page, '/guide');
    await wait(page, 600);
  }],
  ['desktop', 'starts the contact form and leaves', async (page) => {
    await go(page, '/contact');
    await page.fill('#who', 'Kim');
    await follow(page, 'a.logo');
  }],
  ['mobile', 'sends the contact form', async (page) => {
    await go(page, '/contact');
    await page.fill('#who', 'Kim');
    await page.fill('#mail', 'kim@shop.example');
    await page.fill('#text', 'Do you grind for a moka pot?');
    await page.tap('#contact button');
    await wait(page, 600);
  }],
  ['desktop', 'orders an espresso', async (page) => {
    await go(page, '/');
    await fillCart(page, 'espresso');
    await pay(page, '4242 4242 4242 4242');
  }],
  ['mobile', 'orders a grinder', async (page) => {
    await fillCart(page, 'grinder');
    await pay(page, '4242 4242 4242 4242');
  }],
  ['desktop', 'pays with a card that is declined and gives up', async (page) => {
    await fillCart(page, 'filter');
    await pay(page, '4000 0000 0000 0002');
  }],
  ['desktop', 'follows a broken link from the about page: 404', async (page) => {
    await go(page, '/about');
    await follow(page, 'a[href="/guide/roasting"]');
  }],
];

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const major = browser.version().split('.')[0];
// The agents the same browser sends outside headless mode, which watchdog would take for a bot's.
const screens = {
  desktop: {
    viewport: { width: 1366, height: 850 },
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`,
  },
  mobile: {
    viewport: { width: 412, height: 839 }, isMobile: true, hasTouch: true,
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Mobile Safari/537.36`,
  },
};

for (const [n, [screen, , walk]] of visits.entries()) {
  const context = await browser.newContext({
    ...screens[screen], locale: 'en-GB',
    extraHTTPHeaders: { 'X-Forwarded-For': `192.0.2.${n + 1}` }, // RFC 5737: addresses for documentation
  });
  const page = await context.newPage();
  await walk(page);
  await page.goto('about:blank'); // leaving is what sends the vitals
  await page.waitForTimeout(300);
  await context.close();
}
await browser.close();

function tally(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, n]) => `| \`${name}\` | ${n} |`).join('\n');
}

const lines = (name) => readFileSync(`${folder}/${name}`, 'utf8').trimEnd().split('\n');
const events = lines('events.jsonl').map((line) => JSON.parse(line));
const statuses = lines('access.log').map((line) => / (\d{3}) \d+ "/.exec(line)[1]);
writeFileSync(`${folder}/README.md`, `# What was recorded

Written by \`record.mjs\`; \`../record.sh\` makes this folder again. Day: ${events[0].timestamp.slice(0, 10)} (UTC),
Chromium ${browser.version()}, nginx on loopback, the origin rewritten to https://shop.example. Each visit
came from an address of its own (192.0.2.n, by \`X-Forwarded-For\`) and gave the agent that this Chromium has
outside headless mode; nothing else was touched up.

| visit | screen | what the browser did |
|---|---|---|
${visits.map(([screen, what], n) => `| ${n + 1} | ${screen} | ${what} |`).join('\n')}

\`events.jsonl.gz\`: ${events.length} events of ${new Set(events.map((e) => e.properties.$session_id)).size} sessions.

| event | count |
|---|---|
${tally(events.map((e) => e.event))}

\`access.log.gz\`: ${statuses.length} requests, combined format and the request time in seconds.

| status | count |
|---|---|
${tally(statuses)}
`);
