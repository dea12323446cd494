// The main job: two people, each in a browser of their own, from registering to talking.

import assert from 'node:assert/strict';
import { API, alive, journey, reads } from './support/browser.js';
import { join, meet, register, say, someone } from './support/people.js';
import { picture } from './support/pictures.js';

const NOTE = 'You wrote that you mend clocks. Which one did you keep?';

journey('two people meet', async ({ open, step }) => {
  const [ada, ben] = [await open(), await open()];
  const [adaWho, benWho] = [someone('Ada'), someone('Ben')];

  await step('both register', () => Promise.all([register(ada.page, adaWho), register(ben.page, benWho)]));

  await step('Ada adds a photo, and sees how far it is', async () => {
    await ada.page.getByRole('link', { name: 'Me', exact: true }).click();
    await ada.page.locator('.photo-add.live').waitFor();
    const uplink = await slowUplink(ada);
    await ada.page.getByLabel('Add a photo').setInputFiles(picture({ noise: true }));
    const partway = () => {
      const { value } = document.querySelector('progress') ?? { value: 0 };
      return value > 0 && value < 100;
    };
    await ada.page.waitForFunction(partway);
    await ada.page.locator('.photo').waitFor();
    await ada.page.locator('progress').waitFor({ state: 'hidden' });
    await uplink.detach();
    await shown(ada.page.locator('.photo .portrait-photo'));
  });

  await step('Ben waits where balloons arrive', async () => {
    await ben.page.goto('/balloons');
    await ben.page.getByText('No balloon right now').waitFor();
    await alive(ben.page);
    await mark(ben.page);
  });

  await step('Ada finds Ben and floats him a balloon', async () => {
    await ada.page.goto('/people');
    await ada.page.getByLabel('Name').fill(benWho.name);
    await ada.page.getByRole('button', { name: 'Show' }).click();
    await ada.page.getByRole('link', { name: `Float a balloon to ${benWho.name}` }).click();
    await ada.page.waitForURL('**/people/*#note');
    await alive(ada.page);
    await ada.page.getByLabel(`Your note to ${benWho.name}`).fill(NOTE);
    await ada.page.getByText(`${280 - NOTE.length} left`).waitFor();
    await ada.page.getByRole('button', { name: 'Float it' }).click();
    await ada.page.getByText('Your balloon is up. It floats for 7 days.').waitFor();
  });

  await step('it comes up on Ben’s page by itself', async () => {
    const balloon = ben.page.getByRole('listitem').filter({ hasText: NOTE });
    await balloon.waitFor();
    await shown(balloon.locator('.avatar img'));
    await ben.page.getByRole('link', { name: 'Balloons 1 waiting' }).waitFor();
    await ben.page.getByText('No balloon right now').waitFor({ state: 'hidden' });
    assert.ok(await unmoved(ben.page), 'the page was loaded anew');
  });

  const chat = await step('Ben catches it, and the chat opens with its note', async () => {
    await ben.page.getByRole('button', { name: 'Catch' }).click();
    await ben.page.waitForURL('**/chats/*');
    await reads(ben.page, '.bubble-body', [`${adaWho.name}: ${NOTE}`]);
    return new URL(ben.page.url()).pathname;
  });

  await step('Ada is led to it', async () => {
    await ada.page.goto('/balloons?box=sent');
    await ada.page.getByText('Caught', { exact: true }).waitFor();
    await ada.page.getByRole('link', { name: 'Open the chat' }).click();
    await ada.page.waitForURL(`**${chat}`);
    await Promise.all([alive(ada.page), alive(ben.page)]);
    await Promise.all([mark(ada.page), mark(ben.page)]);
  });

  await step('whom Ada talks to is nobody to float a balloon any more', async () => {
    const people = await open({ storageState: await ada.context.storageState() });
    await people.page.goto(`/people?q=${encodeURIComponent(benWho.name)}`);
    await people.page.getByText('Nobody like that right now').waitFor();
  });

  const [toBen, toAda] = [field(ada.page), field(ben.page)];
  const said = [['Ada', NOTE]];
  const bothRead = () =>
    Promise.all([
      reads(ada.page, '.bubble-body', said.map(([who, body]) => `${who === 'Ada' ? 'You' : benWho.name}: ${body}`)),
      reads(ben.page, '.bubble-body', said.map(([who, body]) => `${who === 'Ben' ? 'You' : adaWho.name}: ${body}`)),
    ]);

  await step('they talk, and see each other type', async () => {
    await toBen.pressSequentially('The kitchen one.');
    await ben.page.getByText(`${adaWho.name} is typing…`).waitFor();
    await toBen.press('Enter');
    said.push(['Ada', 'The kitchen one.']);
    await bothRead();
    await ben.page.getByText('is typing…').waitFor({ state: 'detached' });
    await toAda.fill('Does it run?');
    await ben.page.getByRole('button', { name: 'Send' }).click();
    said.push(['Ben', 'Does it run?']);
    await bothRead();
  });

  await step('what is written faster than it is sent keeps its order', async () => {
    for (const body of ['one', 'two', 'three', 'four', 'five']) {
      await toBen.fill(body);
      await toBen.press('Enter');
      said.push(['Ada', body]);
    }
    await bothRead();
    await ada.page.locator('.bubble.mine').last().getByText('Read', { exact: true }).waitFor({ state: 'attached' });
    assert.ok((await unmoved(ada.page)) && (await unmoved(ben.page)), 'a page was loaded anew');
  });

  await step('who is elsewhere gets a number, and has not read it', async () => {
    await ada.page.goto('/people');
    await alive(ada.page);
    await toAda.fill('Still there?');
    await toAda.press('Enter');
    said.push(['Ben', 'Still there?']);
    await ada.page.getByRole('link', { name: 'Chats 1 unread' }).waitFor();
    await ben.page.locator('.bubble.mine').last().getByText('Sent', { exact: true }).waitFor({ state: 'attached' });
    await ada.page.getByRole('link', { name: 'Chats 1 unread' }).click();
    await ada.page.getByRole('link', { name: 'Still there?' }).click();
    await bothRead();
    await ben.page.locator('.bubble.mine').last().getByText('Read', { exact: true }).waitFor({ state: 'attached' });
    await ada.page.getByRole('link', { name: 'Chats', exact: true }).waitFor();
  });

  await step('everything is there once more after loading the pages again', async () => {
    await Promise.all([ada.page.reload(), ben.page.reload()]);
    await bothRead();
    await Promise.all([alive(ada.page), alive(ben.page)]);
    await bothRead();
  });
});

journey('a connection that breaks loses nothing and doubles nothing', async ({ open, step }) => {
  const [ada, ben] = [await open(), await open()];
  const [adaWho, benWho] = await Promise.all([join(ada, someone('Ada')), join(ben, someone('Ben'))]);
  const chat = await meet(ada, ben, NOTE);
  const sockets = new Set();
  let [deaf, away] = [false, false];
  await ada.page.routeWebSocket('**/realtime', (socket) => {
    if (away) return socket.close();
    sockets.add(socket);
    socket.connectToServer().onMessage((event) => deaf || socket.send(event));
  });
  await Promise.all([ada, ben].map(({ page }) => page.goto(`/chats/${chat}`).then(() => alive(page))));
  const bothRead = (...bodies) => {
    const seenBy = (me) => [`Ada: ${NOTE}`, ...bodies].map((line) => named(line, me));
    const named = (line, me) => line.replace(/^(Ada|Ben): /, (_, who) => `${who === me ? 'You' : { Ada: adaWho, Ben: benWho }[who].name}: `);
    return Promise.all([reads(ada.page, '.bubble-body', seenBy('Ada')), reads(ben.page, '.bubble-body', seenBy('Ben'))]);
  };

  await step('an answer that gets lost is asked for again, and the message is there once', async () => {
    let sends = 0;
    deaf = true;
    await ada.context.route('**/messages', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      sends += 1;
      if (sends > 1) return route.fallback();
      await route.fetch();
      return route.abort();
    });
    await field(ada.page).fill('Only once.');
    await field(ada.page).press('Enter');
    await ada.page.locator('.bubble.mine').last().getByText(/^(Sent|Read)$/).waitFor({ state: 'attached' });
    assert.equal(sends, 2);
    deaf = false;
    await ada.context.unrouteAll();
    await bothRead('Ada: Only once.');
  });

  await step('the server goes away and comes back, and she hardly notices', async () => {
    await ada.context.route(`${API}/**`, (route) => (away ? route.abort() : route.fallback()));
    away = true;
    await Promise.all([...sockets].map((socket) => socket.close({ code: 1012 })));
    await ada.page.getByText('Connection lost. Trying again…').waitFor();
    await say(ben, chat, 'Meanwhile.');
    away = false;
    await ada.page.getByText('Connection lost. Trying again…').waitFor({ state: 'hidden' });
    await bothRead('Ada: Only once.', 'Ben: Meanwhile.');
    await ada.context.unrouteAll();
  });

  await step('the list of chats is renewed where something changed in it, and left alone where nothing did', async () => {
    const inList = (words) => ada.page.locator('#chats').getByText(words).waitFor();
    await inList('Meanwhile.');
    await ada.page.evaluate(() => {
      window.renewals = 0;
      const count = (changes) => (window.renewals += changes.length);
      new MutationObserver(count).observe(document.querySelector('#chats'), { childList: true });
    });
    const asked = ada.page.waitForResponse((response) => new URL(response.url()).pathname === '/chats');
    await Promise.all([...sockets].map((socket) => socket.close({ code: 1012 })));
    await asked;
    await say(ben, chat, 'News.');
    await inList('News.');
    assert.equal(await ada.page.evaluate(() => window.renewals), 1);
  });

  await step('cut off, Ada is told quietly, and what she writes waits', async () => {
    await ada.context.setOffline(true);
    await ada.page.getByText('Connection lost. Trying again…').waitFor();
    await field(ada.page).fill('From the tunnel.');
    await field(ada.page).press('Enter');
    await ada.page.getByText('Not sent yet. It goes out as soon as it can.').waitFor();
    await say(ben, chat, 'Are you in a tunnel?');
    await ben.page.getByText('Are you in a tunnel?').last().waitFor();
    assert.equal(await ben.page.getByText('From the tunnel.').count(), 0);
  });

  const all = ['Ada: Only once.', 'Ben: Meanwhile.', 'Ben: News.', 'Ben: Are you in a tunnel?', 'Ada: From the tunnel.'];
  await step('back again, both have everything once', async () => {
    await ada.context.setOffline(false);
    await ada.page.getByText('Connection lost. Trying again…').waitFor({ state: 'hidden' });
    await bothRead(...all);
    await ada.page.locator('.bubble.mine').last().getByText('Read', { exact: true }).waitFor({ state: 'attached' });
    await Promise.all([ada.page.reload(), ben.page.reload()]);
    await bothRead(...all);
  });

  // The browser's own words about the cut are no fault of ours.
  ada.faults.length = 0;
});

const field = (page) => page.getByLabel('Your message');

/** Leaves a mark that a page loses when it is loaded anew. */
const mark = (page) => page.evaluate(() => (window.unmoved = true));
const unmoved = (page) => page.evaluate(() => window.unmoved === true);

/** An image that arrived, could be read, and has nothing over it. */
async function shown(image) {
  await image.scrollIntoViewIfNeeded();
  await image.evaluate((image) => image.decode());
  const isOnTop = (image) => {
    const { x, y, width, height } = image.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === image;
  };
  assert.ok(await image.evaluate(isOnTop), 'something covers the image');
}

/** 250 KB a second, as a train has: an upload takes long enough to be watched. */
async function slowUplink({ context, page }) {
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 250_000 });
  return devtools;
}
