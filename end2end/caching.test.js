// Every asset and page against one table of what may be kept (docs/OPERATIONS.md).

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join as path } from 'node:path';
import { test } from 'node:test';
import { API, WEB, journey } from './support/browser.js';
import { join, someone } from './support/people.js';

const FOR_EVER = 'public, max-age=31536000, immutable';
const FOR_AN_HOUR = 'public, max-age=3600';
const NEVER = 'no-store';
/** A new one has to be found at once; it allows itself to fetch, and nothing else. */
const SERVICE_WORKER = '/sw.js';

const get = (url, headers = {}) => fetch(url, { redirect: 'manual', headers: { 'accept-encoding': 'br', ...headers } });
const caching = (answer) => answer.headers.get('cache-control');

test('every asset is kept as long as its name allows, and comes compressed if it was built so', async () => {
  const names = await readdir(process.env.SITE_ROOT, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => path(entry.parentPath ?? entry.path, entry.name));
  const urls = files.map((file) => file.slice(process.env.SITE_ROOT.length)).filter((url) => !/\.(br|gz)$|\/assets\.json$/.test(url));
  assert.ok(urls.some((url) => url.endsWith('.wasm')) && urls.length > 4, urls.join(' '));
  for (const url of urls) {
    const answer = await get(WEB + url);
    assert.equal(answer.status, 200, url);
    const kept = url === SERVICE_WORKER ? 'public, no-cache' : FOR_AN_HOUR;
    assert.equal(caching(answer), url.startsWith('/pkg/') ? FOR_EVER : kept, url);
    assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'/, url);
    assert.match(answer.headers.get('vary'), /accept-encoding/, url);
    if (files.includes(`${process.env.SITE_ROOT}${url}.br`)) assert.equal(answer.headers.get('content-encoding'), 'br', url);
    assert.equal(answer.headers.get('set-cookie'), null, url);
    await answer.arrayBuffer();
  }
});

test('the landing page is kept and asked about, but not for whoever has cookies', async () => {
  const answer = await get(`${WEB}/`);
  assert.equal(caching(answer), 'public, no-cache');
  assert.equal(answer.headers.get('vary'), 'cookie');
  const html = await answer.text();
  const css = html.match(/href="(\/pkg\/[^"]+\.css)"/)[1];
  assert.equal(answer.headers.get('link'), `<${css}>; rel=preload; as=style`);
  const tag = answer.headers.get('etag');
  const again = await get(`${WEB}/`, { 'if-none-match': `"other", W/${tag}` });
  assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', tag]);
  assert.equal((await get(`${WEB}/`, { 'if-none-match': '"other"' })).status, 200);
  assert.equal(caching(await get(`${WEB}/`, { cookie: 'notice=nothing' })), NEVER);
});

test('no other page, refusal or redirect is kept, and nothing of the api', async () => {
  const web = ['/login', '/register', '/nowhere', '/people', '/pkg/nothing.js', '/healthz'];
  for (const url of web.map((it) => WEB + it)) assert.equal(caching(await get(url)), NEVER, url);
  for (const url of ['/me', '/nothing'].map((it) => API + it)) assert.equal(caching(await get(url)), NEVER, url);
  assert.equal(caching(await get(`${API.replace('/v1', '')}/openapi.json`)), 'no-cache');
});

journey('what somebody signed in sees is kept nowhere', async ({ open }) => {
  const ada = await open();
  await join(ada, someone('Ada'));
  for (const url of ['/', '/people', '/balloons', '/chats', '/me']) {
    const answer = await ada.context.request.get(url);
    assert.deepEqual([answer.status(), answer.headers()['cache-control']], [200, NEVER], url);
  }
});
