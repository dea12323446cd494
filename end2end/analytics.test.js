// Pages are counted by their pattern, without a cookie and without a person, and shown to administrators.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WEB, journey, photograph } from './support/browser.js';
import { join, someone } from './support/people.js';
import { grant } from './support/staff.js';

/** What a page tells when it is left. */
async function told(person, leave) {
  const [request] = await Promise.all([person.page.waitForRequest((request) => request.url() === `${WEB}/views`), leave()]);
  return Object.fromEntries(new URLSearchParams(request.postData()));
}

journey('a page that is left tells its pattern and how quick it was, and an administrator sees it', async ({ open, step }) => {
  const [ada, ben, visitor] = [await open(), await open(), await open()];
  const [who, { id }] = [await join(ada, someone('Ada')), await join(ben, someone('Ben'))];
  await step('without a role there is nothing to see', async () => {
    assert.equal((await ada.page.goto('/admin/analytics')).status(), 404);
  });
  await step('the landing page, which may be kept, is counted', async () => {
    await visitor.page.goto('/');
    await visitor.page.evaluate(() => new Promise((painted) => new PerformanceObserver(painted).observe({ type: 'largest-contentful-paint', buffered: true })).then(() => {}));
    const fields = await told(visitor, () => visitor.page.goto('/login'));
    assert.equal(fields.route, '/');
    for (const name of ['lcp', 'cls', 'ttfb']) assert.match(fields[name], /^\d+$/, name);
    assert.deepEqual(await visitor.context.cookies(), []);
  });
  await step('a person is told by the pattern alone', async () => {
    await ada.page.goto(`/people/${id}`);
    await ada.page.locator('main').click();
    const fields = await told(ada, () => ada.page.goto('/chats'));
    assert.equal(fields.route, '/people/{id}');
    assert.ok(!JSON.stringify(fields).includes(id));
  });
  await step('it stands on the page a few seconds later', async () => {
    await grant(who, 'administrator');
    const row = ada.page.getByRole('row', { name: '/people/{id}' });
    for (const deadline = Date.now() + 20_000; Date.now() < deadline && (await row.count()) === 0; ) {
      await ada.page.goto('/admin/analytics');
    }
    await row.waitFor();
    await ada.page.getByRole('heading', { name: 'Largest Contentful Paint' }).waitFor();
    for (const [screen, width] of [['phone', 390], ['desktop', 1280]]) {
      for (const colorScheme of ['light', 'dark']) {
        await ada.page.setViewportSize({ width, height: 900 });
        await ada.page.emulateMedia({ colorScheme });
        await photograph(ada.page, `analytics-${screen}-${colorScheme}`, { fullPage: true });
      }
    }
  });
});

journey('who asks not to be followed tells nothing', async ({ open }) => {
  const shy = await open();
  await shy.context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  const asked = [];
  shy.context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await shy.page.goto('/');
  await shy.page.goto('/login');
  await shy.page.goto('/register', { waitUntil: 'networkidle' });
  assert.deepEqual(asked.filter((path) => path === '/views'), []);
});

test('only what a page of ours can say is taken', async () => {
  const post = (body, headers = { origin: WEB }) =>
    fetch(`${WEB}/views`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body });
  const status = async (...asked) => (await post(...asked)).status;
  assert.equal(await status('route=/login&lcp=12'), 204);
  assert.equal(await status('route=/login', { origin: 'https://elsewhere.example' }), 403);
  assert.equal(await status('route=/nowhere'), 422);
  assert.equal(await status('route=/people/0192f0c1'), 422);
  assert.equal(await status('route=/login&lcp=99999999'), 422);
  assert.equal(await status('route=/login&lcp=-1'), 422);
  assert.equal(await status('route=/login&user=ada'), 422);
  assert.equal(await status(`route=/login&lcp=${'1'.repeat(600)}`), 413);
  assert.equal(await status('nonsense'), 422);
  for (const header of ['dnt', 'sec-gpc']) assert.equal(await status('nonsense', { origin: WEB, [header]: '1' }), 204, header);
});
