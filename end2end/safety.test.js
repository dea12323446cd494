// What nobody may do, tried from real browsers.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { API, WEB, alive, journey, reads } from './support/browser.js';
import { join, meet, say, send, someone } from './support/people.js';

journey('a page of another origin can neither change nor hear anything', async ({ open, step }) => {
  const ada = await open();
  const who = await join(ada, someone('Ada'));
  const foreign = await foreignSite();
  try {
    // `localhost` on another port is the same site: cookies go along, and only the check of the origin is in the way.
    await step('a form', async () => {
      await ada.page.goto(`${foreign.url}/form?to=${encodeURIComponent(`${WEB}/logout`)}`);
      const [answer] = await Promise.all([ada.page.waitForNavigation(), ada.page.getByRole('button').click()]);
      assert.equal(answer.status(), 403);
      await ada.page.getByText('This request came from another site.').waitFor();
    });
    await step('a request of a script, with the cookies', async () => {
      await ada.page.goto(`${foreign.url}/`);
      const outcomes = await ada.page.evaluate(tryRequests, { api: API });
      assert.deepEqual(outcomes, { read: 'refused', write: 'refused', plain: 'refused', socket: 'refused' });
    });
    await step('nothing happened', async () => {
      await ada.page.goto('/me');
      await ada.page.getByText(who.email).waitFor();
      assert.equal((await send(ada.context, 'get', `${API}/me`)).name, who.name);
    });
  } finally {
    foreign.close();
  }
  // The browser complains of what it was to refuse.
  ada.faults.length = 0;
});

journey('what keeps somebody signed in is out of every script’s reach', async ({ open }) => {
  const { context, page } = await open();
  await join({ context }, someone('Ada'));
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ name }) => name.replace('__Host-', '')).sort(), ['refresh', 'session']);
  for (const { httpOnly, sameSite, path } of cookies) {
    assert.deepEqual({ httpOnly, sameSite, path }, { httpOnly: true, sameSite: 'Lax', path: '/' });
  }
  await page.goto('/people');
  assert.equal(await page.evaluate(() => document.cookie), '');
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  for (const { value } of cookies) assert.ok(!kept.includes(value), 'a token is in the storage');
});

journey('a session that ran out renews itself, and one that ended is over', async ({ open, step }) => {
  const ada = await open();
  const who = await join(ada, someone('Ada'));

  const expire = () => ada.context.clearCookies({ name: /session$/ });

  await step('without its access token a page still opens', async () => {
    await expire();
    await ada.page.goto('/me');
    await ada.page.getByText(who.email).waitFor();
  });

  await step('and a page that is open goes on', async () => {
    const ben = await open();
    const { id, name } = await join(ben, someone('Ben'));
    await ada.page.goto(`/people/${id}`);
    await alive(ada.page);
    await expire();
    await ada.page.getByLabel(`Your note to ${name}`).fill('Still me.');
    await ada.page.getByRole('button', { name: 'Float it' }).click();
    await ada.page.getByText('Your balloon is up.').waitFor();
    // That its token had run out the page had to learn from an answer.
    assert.match(ada.faults.join('\n'), /^(answer: 401 to .*\n?)+$/);
    ada.faults.length = 0;
  });

  await step('logging out ends it in every tab, copies of its cookies too', async () => {
    const copies = await ada.context.cookies();
    await ada.page.goto('/me');
    await ada.page.getByRole('button', { name: 'Log out' }).click();
    await ada.page.waitForURL(`${WEB}/`);
    await ada.context.addCookies(copies);
    await ada.page.goto('/me');
    await ada.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });
});

journey('whoever is not signed in logs in first, and arrives where they wanted to', async ({ open, step }) => {
  const { context, page } = await open();
  const who = await join({ context }, someone('Ada'));
  await context.clearCookies();

  for (const path of ['/people', `/people/${who.id}`, '/balloons', '/chats', `/chats/${randomUUID()}`, '/me']) {
    await page.goto(path);
    assert.equal(page.url(), `${WEB}/login?next=${encodeURIComponent(path)}`);
  }

  await step('the address that was asked for', async () => {
    await page.goto('/balloons?box=sent');
    await logIn(page, who);
    await page.waitForURL('**/balloons?box=sent');
  });

  await step('never an address elsewhere', async () => {
    for (const next of ['https://example.com/', '//example.com', '/\\example.com', '/\t/example.com']) {
      await page.goto('about:blank');
      await context.clearCookies();
      await page.goto(`/login?next=${encodeURIComponent(next)}`);
      await logIn(page, who);
      await page.waitForURL(`${WEB}/people`);
    }
  });
});

journey('a chat of others is not there', async ({ open }) => {
  const [ada, ben, eve] = [await open(), await open(), await open()];
  await Promise.all([join(ada, someone('Ada')), join(ben, someone('Ben')), join(eve, someone('Eve'))]);
  const chat = await meet(ada, ben, 'Between us.');
  for (const path of [`/chats/${chat}`, `/chats/${chat}?before=5`, `/chats/${randomUUID()}`, '/chats/none', '/people/none', '/nowhere']) {
    const answer = await eve.page.goto(path);
    assert.equal(answer.status(), 404, path);
    assert.ok(!(await answer.text()).includes('Between us.'), path);
    await eve.page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  }
  const sent = await eve.context.request.post(`${API}/chats/${chat}/messages`, {
    headers: { origin: WEB },
    data: { client_id: randomUUID(), body: 'Let me in.' },
  });
  assert.equal(sent.status(), 404);
});

journey('what people write stays what they wrote', async ({ open, step }) => {
  const [ada, ben] = [await open(), await open()];
  const markup = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';
  const name = `<b>Ada</b> & "co" ${randomUUID().slice(0, 4)}`;
  const [adaWho] = await Promise.all([join(ada, { ...someone('Ada'), name }), join(ben, someone('Ben'))]);
  const stays = async (page, text) => {
    await page.getByText(text).first().waitFor();
    assert.equal(await page.evaluate(() => window.ran), undefined);
  };

  await step('a name, a bio, interests', async () => {
    await ada.page.goto('/me');
    await ada.page.getByLabel('About you').fill(`${markup}</textarea>`);
    await ada.page.getByLabel('Interests').fill('<i>tea</i>');
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await ada.page.getByText('Saved.').waitFor();
    assert.equal(await ada.page.getByLabel('About you').inputValue(), `${markup}</textarea>`);
    await ben.page.goto(`/people/${adaWho.id}`);
    await stays(ben.page, `${name}, 34`);
    await stays(ben.page, markup);
    await stays(ben.page, '<i>tea</i>');
    await ben.page.goto(`/people?q=${encodeURIComponent(name)}`);
    await reads(ben.page, '.card-name', [`${name}, 34`]);
    await alive(ben.page);
    await stays(ben.page, markup);
  });

  await step('a note that arrives live, and messages, live and loaded', async () => {
    await ben.page.goto('/balloons');
    await alive(ben.page);
    const { id: to } = await send(ben.context, 'get', `${API}/me`);
    const { id: balloon } = await send(ada.context, 'post', `${API}/balloons`, { data: { to, note: markup } });
    await stays(ben.page, markup);
    const { id: chat } = await send(ben.context, 'post', `${API}/balloons/${balloon}/catch`);
    await ben.page.goto(`/chats/${chat}`);
    await alive(ben.page);
    const message = `</script><script>window.ran=1</script>${markup}`;
    await say(ada, chat, message);
    await stays(ben.page, message);
    await ben.page.reload();
    await alive(ben.page);
    await stays(ben.page, message);
    await ben.page.goto('/chats');
    await stays(ben.page, message);
  });
});

async function logIn(page, { email, password }) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Another site on this machine: an empty page, and one with a form that posts to `to`. */
async function foreignSite() {
  const server = createServer((request, response) => {
    const to = new URL(request.url, 'http://localhost').searchParams.get('to');
    response.setHeader('content-type', 'text/html');
    response.end(to ? `<form method="post" action="${to}"><button>Win a prize</button></form>` : '<p>Elsewhere</p>');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** Runs on the foreign page. Refused: by the browser, or with 403. */
async function tryRequests({ api }) {
  const attempt = (path, options) =>
    fetch(api + path, { credentials: 'include', ...options }).then((answer) => (answer.status === 403 ? 'refused' : answer.status), () => 'refused');
  const socket = new Promise((done) => {
    const socket = new WebSocket(`${api.replace('http', 'ws')}/realtime`);
    socket.onopen = () => done('open');
    socket.onerror = () => done('refused');
  });
  return {
    read: await attempt('/me'),
    write: await attempt('/me', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"name":"Eve"}' }),
    plain: await attempt('/auth/logout', { method: 'POST' }),
    socket: await socket,
  };
}
