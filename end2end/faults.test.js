// What goes wrong in a page is told to its own server, and to nobody else.

import assert from 'node:assert/strict';
import { WEB, alive, journey } from './support/browser.js';
import { join, someone } from './support/people.js';

journey('a page tells its own server what went wrong in it', async ({ open, step }) => {
  const ada = await open();
  await join(ada, someone('Ada'));
  await ada.page.goto('/chats');
  await alive(ada.page);
  const pageOf = (request) => request.url() === `${WEB}/faults` && new URLSearchParams(request.postData()).get('page');
  const told = (page) => ada.page.waitForRequest((request) => pageOf(request) === page);
  const says = async (request) => [Object.fromEntries(new URLSearchParams(request.postData())), (await request.response()).status()];

  await step('a promise that nobody hears', async () => {
    const [request] = await Promise.all([told('/chats'), ada.page.evaluate(() => void Promise.reject(new Error('no way')))]);
    assert.deepEqual(await says(request), [{ kind: 'promise', what: 'Error: no way', page: '/chats' }, 204]);
  });
  await step('a panic, by the function that the islands call', async () => {
    const [request] = await Promise.all([told('/chats'), ada.page.evaluate(() => window.fault('panic', 'panicked at a place'))]);
    assert.deepEqual(await says(request), [{ kind: 'panic', what: 'panicked at a place', page: '/chats' }, 204]);
  });
  await step('a request that the server failed', async () => {
    // The page that is left may ask once more, and tells of it too.
    await ada.page.route('**/api/v1/me/badges', (route) => route.fulfill({ status: 500, body: '' }));
    const [request] = await Promise.all([told('/people'), ada.page.goto('/people')]);
    assert.deepEqual(await says(request), [{ kind: 'request', what: 'GET /me/badges 500', page: '/people' }, 204]);
  });
  await step('a network that fails, after a moment; but nothing of what is given up with the page', async () => {
    await ada.page.unroute('**/api/v1/me/badges');
    await ada.page.goto('/chats');
    await alive(ada.page);
    const heard = [];
    ada.page.on('request', (request) => pageOf(request) && heard.push(pageOf(request)));
    const fails = () => ada.page.evaluate(() => void Promise.reject(new TypeError('Failed to fetch')));
    await fails();
    // The code of the page that comes next never arrives, and that page is left too.
    await ada.page.route('**/*.wasm', () => {});
    await ada.page.goto('/people', { waitUntil: 'commit' });
    await ada.page.waitForRequest('**/*.wasm');
    await ada.page.goto('/balloons');
    await ada.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
    await ada.page.evaluate(() => window.fault('script', 'too late'));
    await ada.page.unroute('**/*.wasm');
    await ada.page.goto('/me');
    const [request] = await Promise.all([told('/me'), fails()]);
    assert.deepEqual(await says(request), [{ kind: 'promise', what: 'TypeError: Failed to fetch', page: '/me' }, 204]);
    assert.deepEqual(heard, ['/me']);
  });
  ada.faults.length = 0;
});
