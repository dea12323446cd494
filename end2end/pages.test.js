// Every page, on a phone and on a desktop, by day and by night. Each is photographed into `artifacts/`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { API, WEB, alive, journey, photograph } from './support/browser.js';
import { join, meet, say, send, someone } from './support/people.js';
import { picture } from './support/pictures.js';
import { grant } from './support/staff.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 800 } },
};
/** The narrowest screen that is cared for, CSS pixels. */
const NARROWEST = { width: 360, height: 740 };

/** What anybody may see, by name and path; the status where it is not 200. */
const OUTSIDE = [['landing', '/'], ['register', '/register'], ['login', '/login'], ['forgot', '/forgot'], ['reset', '/reset'], ['nowhere', '/nowhere', 404]];

const inside = ({ ben, dan, fay, chat, report }) => [
  ['people', '/people'],
  ['people-none', '/people?q=nobody%20has%20this%20name'],
  ['people-refused', '/people?min_age=fifty', 422],
  ['profile', `/people/${dan.id}`],
  ['profile-of-a-friend', `/people/${ben.id}`],
  ['balloons', '/balloons'],
  ['balloons-sent', '/balloons?box=sent'],
  ['chats', '/chats'],
  ['chat', `/chats/${chat}`],
  ['me', '/me'],
  ['safety', '/me/safety'],
  ['sessions', '/me/sessions'],
  ['second-step', '/me/second-step'],
  ['tokens', '/me/tokens'],
  ['data', '/me/data'],
  ['report', `/report?about=chat&id=${chat}`],
  ['record', '/me/record'],
  ['admin-reports', '/admin/reports'],
  ['admin-report', `/admin/reports/${report}`],
  ['admin-appeals', '/admin/appeals'],
  ['admin-people', '/admin/people'],
  ['admin-person', `/admin/people/${fay.id}`],
  ['admin-log', '/admin/audit'],
  ['admin-jobs', '/admin/jobs'],
  ['admin-analytics', '/admin/analytics'],
  ['admin-switches', '/admin/switches'],
  ['not-yours', `/chats/${ben.id}`, 404],
];

for (const [screen, size] of Object.entries(SCREENS)) {
  for (const colorScheme of ['light', 'dark']) {
    journey(`every page on a ${screen}, ${colorScheme}`, async ({ open, step }) => {
      const options = { ...size, colorScheme, reducedMotion: 'reduce' };
      const [visitor, newcomer, ada] = [await open(options), await open(options), await open(options)];
      await join(newcomer, { ...someone('Nea'), name: 'Nea' });
      const fay = await open(options);
      const scene = await furnish(ada, open, fay);
      const visits = [
        ...OUTSIDE.map((place) => [visitor.page, ...place]),
        ...[['balloons-empty', '/balloons'], ['chats-empty', '/chats'], ['me-empty', '/me']].map((place) => [newcomer.page, ...place]),
        [fay.page, 'suspended', '/suspended'],
        ...inside(scene).map((place) => [ada.page, ...place]),
      ];
      for (const [page, name, path, status = 200] of visits) {
        await step(`${name} (${path})`, async () => {
          const answer = await page.goto(path);
          assert.equal(answer.status(), status);
          if ((await page.locator('script[type=module]:not([src*="/views-"])').count()) > 0) await alive(page);
          await settled(page);
          await photograph(page, `${name}-${screen}-${colorScheme}`, { fullPage: true });
          assert.deepEqual(await violations(page), []);
          assert.deepEqual(await tooWide(page), []);
          if (screen === 'phone') {
            await page.setViewportSize(NARROWEST);
            assert.deepEqual(await tooWide(page), []);
            await page.setViewportSize(size.viewport);
          }
        });
      }
    });
  }
}

journey('pages without anything alive load no script but the one that counts', async ({ open }) => {
  const { context, page } = await open();
  const loaded = [];
  context.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  for (const path of ['/', '/register', '/login', '/nowhere']) {
    await page.goto(path, { waitUntil: 'networkidle' });
    assert.equal(await page.locator('leptos-island, script[src], link[rel=modulepreload]').count(), path === '/nowhere' ? 0 : 1, path);
  }
  assert.deepEqual(loaded.filter((path) => /\.(js|wasm)$/.test(path) && !/^\/pkg\/views-\w+\.js$/.test(path)), []);
});

journey('the keyboard reaches what a page is for, and shows where it is', async ({ open, step }) => {
  const [visitor, ada] = [await open(), await open()];
  const { dan, chat } = await furnish(ada, open);
  const places = [
    [visitor.page, '/', 'Open an account'],
    [visitor.page, '/register', 'Open my account'],
    [visitor.page, '/login', 'Log in', 'BUTTON'],
    [ada.page, '/people', 'Float a balloon'],
    [ada.page, `/people/${dan.id}`, 'Float it'],
    [ada.page, '/balloons', 'Catch'],
    [ada.page, '/chats', 'Ben'],
    [ada.page, `/chats/${chat}`, 'Send'],
    [ada.page, '/me', 'Save'],
  ];
  for (const [page, path, name, tag] of places) {
    await step(`${name} on ${path}`, async () => {
      await page.goto(path);
      if (page === ada.page) await alive(page);
      await page.keyboard.press('Tab');
      assert.equal((await focused(page)).name, 'Skip to the content');
      for (let presses = 0; presses < 60; presses += 1) {
        const { name: reached, tag: element, outlined } = await focused(page);
        assert.ok(outlined, `nothing shows that “${reached}” has the focus`);
        if (reached.includes(name) && (!tag || tag === element)) return;
        await page.keyboard.press('Tab');
      }
      assert.fail('it is not reached by Tab');
    });
  }

  await step('a balloon is floated without a mouse', async () => {
    await ada.page.goto('/people');
    await ada.page.locator('.card-float').first().focus();
    await ada.page.keyboard.press('Enter');
    await ada.page.waitForURL('**/people/*#note');
    await alive(ada.page);
    assert.equal((await focused(ada.page)).tag, 'TEXTAREA');
    await ada.page.keyboard.type('By hand.');
    await ada.page.keyboard.press('Tab');
    await ada.page.keyboard.press('Enter');
    await ada.page.getByText('Your balloon is up.').waitFor();
  });
});

journey('who wants no motion gets none', async ({ open }) => {
  const [moving, still] = [await open({ reducedMotion: 'no-preference' }), await open({ reducedMotion: 'reduce' })];
  const animations = (page) => page.goto('/').then(() => page.evaluate(() => document.getAnimations().length));
  assert.ok((await animations(moving.page)) > 0);
  assert.equal(await animations(still.page), 0);
});

/** Something to see on every page: a friend, a balloon that waits, one that floats, a chat with all kinds of messages. */
async function furnish(ada, open, fay) {
  const [ben, cleo, dan] = [await open(), await open(), await open()];
  const named = (name, age) => ({ ...someone(name), name, age });
  const everybody = [[ada, named('Ada', '36')], [ben, named('Ben', '41')], [cleo, named('Cleo', '29')], [dan, named('Dan', '52')]];
  const [adaWho, benWho, , danWho] = await Promise.all(everybody.map(([person, who]) => join(person, who)));
  const bio = 'I mend clocks, and keep the loud ones.\n\nAsk me why the kitchen has three of them, and none agrees with another.';
  await Promise.all(
    everybody.map(async ([{ context }], place) => {
      if (place === 2) return;
      await send(context, 'post', `${API}/me/photos`, { multipart: { photo: picture({ hue: 20 + 110 * place }) } });
      await send(context, 'patch', `${API}/me`, { data: { bio, interests: ['clocks', 'night trains', 'rye bread'] } });
    }),
  );
  const chat = await meet(ada, ben, 'You wrote that you mend clocks. Which one did you keep?');
  const talk = [
    [ben, 'The one in the kitchen. It is always seven minutes early, and I have grown fond of the minutes.'],
    [ada, 'Seven is a lot.'],
    [ada, 'What do you do with them?'],
    [ben, `https://example.com/${'clock'.repeat(40)}`],
    [ben, 'Tea, mostly.\n\nOn Sundays: toast.'],
  ];
  for (const [person, body] of talk) await say(person, chat, body);
  await send(cleo.context, 'post', `${API}/balloons`, { data: { to: (await send(ada.context, 'get', `${API}/me`)).id, note: 'I have a clock that nobody could mend. Would you look at it?' } });
  fay ??= await open();
  const fayWho = await join(fay, someone('Fay'));
  await send(ada.context, 'post', `${API}/balloons`, { data: { to: fayWho.id, note: 'Night trains: upper or lower berth?' } });
  const about = { about: 'chat', id: chat, reason: 'harassment', words: 'It goes on like this for days.' };
  const { id: report } = await send(ben.context, 'post', `${API}/reports`, { data: about });
  await send(cleo.context, 'post', `${API}/reports`, { data: { about: 'person', id: fayWho.id, reason: 'impersonation', words: '' } });
  await grant(adaWho, 'administrator');
  await send(ada.context, 'post', `${API}/admin/people/${fayWho.id}/suspend`, { data: { reason: 'The photos are of somebody else.', days: 30 } });
  await send(fay.context, 'post', `${WEB}/login`, { form: { email: fayWho.email, password: fayWho.password } });
  await send(fay.context, 'post', `${API}/me/suspension/appeal`, { data: { words: 'They are of me, from before I cut my hair.' } });
  return { ben: benWho, dan: danWho, fay: fayWho, chat, report };
}

/** Pictures are there, and nothing moves. */
async function settled(page) {
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === 'lazy'));
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0, 'something moves');
}

/** What axe-core finds that keeps somebody out. */
async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}

/** The elements that make a page scroll sideways. */
function tooWide(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const beyond = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5);
    return [`${scrollWidth} > ${clientWidth}`, ...beyond.slice(0, 5).map((element) => `${element.tagName}.${element.className}`)];
  });
}

/** What has the focus, by what it is called, and whether that shows. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    // A file input is laid over its tile, and the tile shows the focus.
    const shows = [element, element.parentElement].some((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    });
    const name = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
    return { name: name.trim(), tag: element.tagName, outlined: shows };
  });
}
