// One Chromium a test file; everybody in it has a context of their own, as if on a computer of their own.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** Where web and api are, without a slash at the end. */
export const WEB = setting('WEB_URL');
export const API = `${setting('API_URL')}/api/v1`;
/** A second process of the API, where there is one. */
export const OTHER_API = `${process.env.API_URL_2 ?? setting('API_URL')}/api/v1`;

/** How long anything may take to show itself on a busy machine of two cores; milliseconds. */
const PATIENCE = 20_000;
/** How long a whole journey may take; milliseconds. */
const DEADLINE = 120_000;

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What browsers say of answers that are looked at below, and of what ends with its page: sockets, transitions. */
const EXPECTED = [
  'Failed to load resource',
  // A page that is left gives up what it was fetching; what fails otherwise is heard as a failed request.
  'Failed to fetch',
  'WebSocket is closed before the connection is established',
  'Transition was ',
  'Service Worker registration blocked by Playwright',
];

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? program(),
    // Chromium's own sandbox does not start for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(() => browser?.close());

/**
 * A test of what people do. `run` gets `open`, which starts a browser for one more person, and `step`, which names what is
 * done in case it fails. Whatever a browser complained about without being asked fails the journey too.
 */
export function journey(title, run) {
  test(title, { timeout: DEADLINE }, async () => {
    const people = [];
    const open = async (options) => {
      people.push(await person(options));
      return people.at(-1);
    };
    try {
      await run({ open, step });
      for (const { faults } of people) assert.deepEqual(faults, []);
    } catch (error) {
      await Promise.all(people.map(({ page }, number) => photograph(page, `failed/${title} ${number}`).catch(() => {})));
      throw error;
    } finally {
      await Promise.all(people.map(({ context }) => context.close()));
    }
  });
}

async function step(name, run) {
  try {
    return await run();
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
}

/**
 * A context, its first page, and `faults`: what went wrong in it without being looked for. Without a service worker unless asked for:
 * the requests of a page that has one cannot be held up here.
 */
async function person(options = {}) {
  const usual = { baseURL: WEB, locale: 'en-GB', timezoneId: 'Europe/Berlin', serviceWorkers: 'block' };
  const context = await browser.newContext({ ...usual, ...options });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(hearSocket);
  const faults = [];
  context.on('page', (page) => watch(page, faults));
  return { context, page: await context.newPage(), faults };
}

/** Errors of scripts, breaches of the content security policy, requests that fail. */
function watch(page, faults) {
  page.on('console', (message) => {
    const counts = ['error', 'warning'].includes(message.type()) && !EXPECTED.some((text) => message.text().includes(text));
    if (counts) faults.push(`console: ${message.text()} (${page.url()})`);
  });
  page.on('pageerror', (error) => {
    if (!EXPECTED.some((text) => error.message.includes(text))) faults.push(`script: ${error.message} (${page.url()})`);
  });
  page.on('requestfailed', (request) => {
    // Whoever leaves a page gives up what it was still asking for; what a policy forbids is on the console.
    const reason = request.failure()?.errorText;
    if (!['net::ERR_ABORTED', 'csp'].includes(reason)) faults.push(`request: ${request.method()} ${request.url()}: ${reason}`);
  });
  page.on('response', (response) => {
    const refused = response.status() >= 400 && !response.request().isNavigationRequest();
    if (refused) faults.push(`answer: ${response.status()} to ${response.request().method()} ${response.url()}`);
  });
}

/** Saves what a page shows as `artifacts/NAME.png`. */
export async function photograph(page, name, options) {
  const path = fileURLToPath(new URL(`../artifacts/${name}.png`, import.meta.url));
  await page.screenshot({ path, ...options });
}

/** Waits until the elements of `selector` read `expected`, in this order and no others; blanks count once. */
export async function reads(page, selector, expected) {
  const texts = ({ selector, expected }) => {
    const read = [...document.querySelectorAll(selector)].map((element) => element.textContent.replace(/\s+/g, ' ').trim());
    return expected ? read.join('\n') === expected.join('\n') : read;
  };
  await page.waitForFunction(texts, { selector, expected }).catch(async (error) => {
    assert.deepEqual(await page.evaluate(texts, { selector }), expected);
    throw error;
  });
}

/** Waits until a page is alive: its islands answer to clicks, and its socket has said its first word. */
export async function alive(page) {
  await page.waitForFunction(() => window.socketSpoke);
}

/** Runs in every page before its own scripts. */
function hearSocket() {
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', () => (window.socketSpoke = true), { once: true });
    }
  };
}

function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run the browser tests by \`just e2e\``);
  return value;
}

function program() {
  const paths = ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => PROGRAMS.map((name) => `${folder}/${name}`));
  const found = paths.find((path) => existsSync(path));
  assert.ok(found, 'chromium was not found: install it, or set CHROMIUM');
  return found;
}
