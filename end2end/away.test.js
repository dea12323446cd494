// For those who are away: the service worker, what it keeps, and what wakes it.

import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { API, WEB, alive, journey } from './support/browser.js';
import { sql } from './support/database.js';
import { join, mail, meet, say, send, someone } from './support/people.js';

journey('a page brings a service worker that keeps one page and nothing else', async ({ open, step }) => {
  const ada = await open({ serviceWorkers: 'allow' });
  await join(ada, someone('Ada'));
  await ada.page.goto('/people');
  const scope = await ada.page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  assert.equal(scope, `${WEB}/`);

  await step('the manifest is one that browsers install', async () => {
    const cdp = await ada.context.newCDPSession(ada.page);
    const { url, data, errors } = await cdp.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const manifest = JSON.parse(data);
    assert.deepEqual([manifest.start_url, manifest.scope, manifest.display], ['/chats', '/', 'standalone']);
    for (const { src, sizes, type } of manifest.icons) {
      const size = await ada.page.evaluate(async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, new URL(src, url).pathname);
      if (type === 'image/png') assert.equal(size, sizes, src);
    }
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
    const reasons = installabilityErrors.map(({ errorId }) => errorId).filter((reason) => reason !== 'in-incognito');
    assert.deepEqual(reasons, []);
  });

  await step('without a network it says so, and with one it is gone', async () => {
    for (const path of ['/chats', '/me', '/balloons']) await ada.page.goto(path);
    await ada.context.setOffline(true);
    await ada.page.goto('/chats');
    await ada.page.getByRole('heading', { name: 'No connection' }).waitFor();
    const kept = await ada.page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    assert.deepEqual(kept, ['/offline.html'], 'nothing that people see of each other');
    await ada.context.setOffline(false);
    await ada.page.getByRole('link', { name: 'Try again' }).click();
    await ada.page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
    ada.faults.length = 0;
  });
});

journey('whoever is away is woken, and reads what they asked for', async ({ open, step }) => {
  const [ada, ben] = [await open({ permissions: ['notifications'], serviceWorkers: 'allow' }), await open()];
  await Promise.all([join(ada, someone('Ada')), join(ben, someone('Ben'))]);
  const name = (await send(ben.context, 'get', `${API}/me`)).name;
  const chat = await meet(ada, ben, 'Tea?');
  const service = await pushService();
  try {
    await step('a browser asks for it', async () => {
      await send(ada.context, 'post', `${WEB}/me/push`, { form: service.subscription });
      await say(ben, chat, 'Under the clock at five.');
    });

    const note = await step('and gets a note that nobody else can read', async () => {
      const note = await service.next();
      assert.deepEqual(note, { title: 'Balloon’d', body: `${name} wrote to you.`, path: `/chats/${chat}`, tag: chat });
      return note;
    });

    await step('which the service worker shows', async () => {
      await ada.page.goto('/me/notifications');
      await alive(ada.page);
      await ada.page.getByText('once a chat until you read it').waitFor();
      await deliver(ada, note);
      const shown = () =>
        ada.page.evaluate(async () => {
          const notes = await (await navigator.serviceWorker.ready).getNotifications();
          return notes.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }));
        });
      assert.deepEqual(await shown(), [note]);
      await deliver(ada, { ...note, body: 'Again' });
      assert.deepEqual(await shown(), [{ ...note, body: 'Again' }], 'one a chat');
    });

    await step('and leads to what it is about: to the tab that has it open, to a new one, never to a place that is not ours', async () => {
      const [worker] = ada.context.serviceWorkers();
      const click = (path) =>
        worker.evaluate(async (path) => {
          // Only a real press may open or come to a tab: what would be done is noted.
          const led = new Promise((resolve) => {
            clients.openWindow = async (url) => resolve(`open ${url}`);
            WindowClient.prototype.focus = async function () { resolve(`focus ${this.url}`); };
            setTimeout(() => resolve('nowhere'), 1000);
          });
          await registration.showNotification('A note', { data: { path }, tag: 'click' });
          const [notification] = await registration.getNotifications({ tag: 'click' });
          dispatchEvent(new NotificationEvent('notificationclick', { notification }));
          return { led: await led, left: (await registration.getNotifications({ tag: 'click' })).length };
        }, path);
      assert.deepEqual(await click(`/chats/${chat}`), { led: `open ${WEB}/chats/${chat}`, left: 0 });
      assert.deepEqual(await click('/me/notifications'), { led: `focus ${WEB}/me/notifications`, left: 0 });
      assert.deepEqual(await click('https://elsewhere.example/chats'), { led: 'nowhere', left: 0 });
    });

    await step('settings are saved, and what is wrong with them is said', async () => {
      await ada.page.getByLabel('Show the beginning').check();
      await ada.page.getByLabel('Nobody calls me').check();
      await ada.page.getByLabel('Mail me what waits').check();
      assert.equal(await ada.page.getByLabel('Time zone').inputValue(), 'Europe/Berlin', 'where the browser is');
      await ada.page.getByLabel('Time zone').fill('Mars/Olympus');
      await ada.page.getByRole('button', { name: 'Save' }).click();
      await ada.page.getByText('This is no time zone').waitFor();
      assert.equal(await ada.page.getByLabel('Show the beginning').isChecked(), true);
      await ada.page.getByLabel('Time zone').fill('Europe/Berlin');
      await ada.page.getByRole('button', { name: 'Save' }).click();
      await ada.page.getByText('Saved.').waitFor();
      assert.equal(await ada.page.getByLabel('Time zone').inputValue(), 'Europe/Berlin');
      ada.faults.length = 0;
    });

    await step('and it ends', async () => {
      await ada.page.getByRole('button', { name: 'Do not tell me here' }).click();
      await ada.page.getByText('This device is quiet.').waitFor();
    });

    await step('a browser that cannot be woken says so', async () => {
      const button = ada.page.getByRole('button', { name: 'Tell me here' });
      await button.click();
      // A browser of tests has no push service, and complains of being asked.
      await ada.page.getByText('could not reach its push service').waitFor();
      for (const fault of ada.faults.splice(0)) assert.match(fault, /Push API in incognito mode/);
    });
  } finally {
    service.close();
  }
});

journey('whoever asked for it and was away gets a mail, whose link ends them', async ({ open, step }) => {
  // Without scripts, so without a socket: whoever has one is not away.
  const plain = { javaScriptEnabled: false, reducedMotion: 'reduce' };
  const [ada, ben] = [await open(plain), await open(plain)];
  const [who, other] = [someone('Ada'), someone('Ben')];
  const [{ id }] = await Promise.all([join(ada, who), join(ben, other)]);

  await step('it is turned on', async () => {
    await ada.page.goto('/me/notifications');
    await ada.page.getByLabel('Mail me what waits').check();
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await ada.page.getByText('Saved.').waitFor();
  });

  const link = await step('a mail says what waits, and not from whom', async () => {
    await send(ben.context, 'post', `${API}/balloons`, { data: { to: id, note: 'Tea under the clock?' } });
    await sql(`UPDATE sessions SET last_seen_at = now() - interval '7 hours' WHERE user_id = '${id}'; SELECT graphile_worker.add_job('enqueue_digests')`);
    const text = (await mail(who.email, (text) => text.includes('1 balloon waits'))).replace(/=\r?\n/g, '').replaceAll('=3D', '=');
    assert.ok(!text.includes('clock') && !text.includes(other.name), text);
    return text.match(/No more of them: (\S+)/)[1];
  });

  await step('its link ends them', async () => {
    assert.ok(link.startsWith(`${WEB}/unsubscribe/`), link);
    await ada.page.goto(link);
    await ada.page.getByRole('button', { name: 'No more mails' }).click();
    await ada.page.getByText('these mails have ended').waitFor();
    await ada.page.goto('/me/notifications');
    assert.equal(await ada.page.getByLabel('Mail me what waits').isChecked(), false);
  });
});

journey('the link in a mail ends these mails, from a page without scripts and from a mail program', async ({ open, step }) => {
  const ada = await open({ javaScriptEnabled: false, reducedMotion: 'reduce' });
  const { id } = await join(ada, someone('Ada'));
  const wants = async () => (await send(ada.context, 'get', `${API}/me/notifications`)).digest;
  const want = () => send(ada.context, 'put', `${API}/me/notifications`, { data: { digest: true } });
  const path = `/unsubscribe/${unsubscribing(id)}`;

  await step('on a page, whoever is signed in there', async () => {
    await want();
    const page = await (await open({ javaScriptEnabled: false, reducedMotion: 'reduce' })).context.newPage();
    await page.goto(path);
    assert.equal(await wants(), true, 'to look is not to press');
    await page.getByRole('button', { name: 'No more mails' }).click();
    await page.getByText('these mails have ended').waitFor();
    assert.equal(await wants(), false);
  });

  await step('by one press elsewhere, with neither a session nor an origin', async () => {
    await want();
    const press = (where) => fetch(`${WEB}${where}`, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
    assert.equal((await press(`${path.slice(0, -4)}AAAA`)).status, 404);
    assert.equal(await wants(), true);
    assert.equal((await press(path)).status, 200);
    assert.equal(await wants(), false);
  });
});

/** What the mail's link ends with: the person, and that it is from us. */
function unsubscribing(id) {
  const person = Buffer.from(id.replaceAll('-', ''), 'hex');
  const hmac = createHmac('sha256', Buffer.from(process.env.REFRESH_KEY, 'base64url')).update('no more digests\0').update(person);
  return Buffer.concat([person, hmac.digest()]).toString('base64url');
}

/** Hands a note to the service worker, as a push service does. */
async function deliver({ context, page }, note) {
  const cdp = await context.newCDPSession(page);
  const registered = new Promise((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId));
  });
  await cdp.send('ServiceWorker.enable');
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: WEB, registrationId: await registered, data: JSON.stringify(note) });
  await page.waitForFunction(
    async (body) => (await (await navigator.serviceWorker.ready).getNotifications()).some((it) => it.body === body),
    note.body,
  );
  await cdp.detach();
}

/** A push service on this machine, with one browser. `next` opens what comes for it, as RFC 8291 has it. */
async function pushService() {
  const [keys, auth, came, waiting] = [createECDH('prime256v1'), randomBytes(16), [], []];
  const own = keys.generateKeys();
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const note = open(Buffer.concat(parts));
    const waiter = waiting.shift();
    if (waiter) waiter(note);
    else came.push(note);
    response.writeHead(201).end();
  });
  const derive = (salt, secret, info, length) => Buffer.from(hkdfSync('sha256', secret, salt, info, length));
  const open = (body) => {
    const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const secret = derive(auth, keys.computeSecret(sender), Buffer.concat([Buffer.from('WebPush: info\0'), own, sender]), 32);
    const key = derive(salt, secret, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const decipher = createDecipheriv('aes-128-gcm', key, derive(salt, secret, Buffer.from('Content-Encoding: nonce\0'), 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const record = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return JSON.parse(record.subarray(0, record.lastIndexOf(2)).toString());
  };
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    subscription: {
      endpoint: `http://127.0.0.1:${server.address().port}/ada`,
      p256dh: own.toString('base64url'),
      auth: auth.toString('base64url'),
    },
    next: () => (came.length > 0 ? Promise.resolve(came.shift()) : new Promise((resolve) => waiting.push(resolve))),
    close: () => server.close(),
  };
}
