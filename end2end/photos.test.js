// Photos in a chat: for its members alone.

import assert from 'node:assert/strict';
import { WEB, journey } from './support/browser.js';
import { join, meet, someone } from './support/people.js';
import { picture } from './support/pictures.js';

const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' };

for (const [how, options] of [['with scripts', {}], ['without scripts', PLAIN]]) {
  journey(`${how}: a photo is sent, seen by the other, and by nobody else`, async ({ open, step }) => {
    const [ada, ben, cyd] = [await open(options), await open(options), await open(options)];
    const who = await join(ada, someone('Ada'));
    await join(ben, someone('Ben'));
    await join(cyd, someone('Cyd'));
    const chat = await meet(ada, ben, 'Hello');

    await step('what is no photo is refused, and the words to it stay', async () => {
      await ada.page.goto(`/chats/${chat}`);
      await ada.page.getByRole('link', { name: 'Send a photo' }).click();
      await ada.page.getByLabel('Photo', { exact: true }).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no') });
      await ada.page.getByLabel('Words to it').fill('From the *summit*');
      await ada.page.getByRole('button', { name: 'Send' }).click();
      await ada.page.getByText('This is not a photo we can read.').waitFor();
      assert.equal(await ada.page.getByLabel('Words to it').inputValue(), 'From the *summit*');
    });

    if (how === 'with scripts') await ben.page.goto(`/chats/${chat}`);

    await step('a photo is sent with words', async () => {
      await ada.page.getByLabel('Photo', { exact: true }).setInputFiles(picture({ width: 900, height: 600 }));
      await ada.page.getByRole('button', { name: 'Send' }).click();
      await ada.page.waitForURL(`**/chats/${chat}`);
      await seen(ada.page, who);
    });

    await step('the other sees it, in the room that was kept for it', async () => {
      if (how === 'without scripts') await ben.page.goto(`/chats/${chat}`);
      const photo = await seen(ben.page, who);
      assert.deepEqual([await photo.getAttribute('width'), await photo.getAttribute('height')], ['320', '213']);
      await ben.page.getByText('From the summit').waitFor();
    });

    await step('and answers with one, which says what it answers', async () => {
      if (how === 'with scripts') {
        await ben.page.locator('.bubble', { hasText: 'From the summit' }).locator('.bubble-more').click();
        await ben.page.getByRole('button', { name: 'Reply' }).click();
        await ben.page.getByRole('link', { name: 'Send a photo' }).click();
      } else {
        await ben.page.locator('.bubble', { hasText: 'From the summit' }).locator('.bubble-more').click();
        await ben.page.getByRole('link', { name: 'Reply with a photo' }).click();
      }
      await ben.page.getByText(`Replying to ${who.name}: From the *summit*`).waitFor();
      await ben.page.getByLabel('Photo', { exact: true }).setInputFiles(picture({ width: 300, height: 300 }));
      await ben.page.getByRole('button', { name: 'Send' }).click();
      await ben.page.waitForURL(`**/chats/${chat}`);
      await ben.page.locator('.bubble', { has: ben.page.locator('.bubble-photo') }).locator('.quote', { hasText: 'From the *summit*' }).waitFor();
    });

    await step('it opens large; nobody else is led to it, nor to the file without a signature', async () => {
      const path = await ben.page.locator('.bubble-photo').first().getAttribute('href');
      const own = await ben.context.request.get(`${WEB}${path}`);
      assert.deepEqual([own.status(), own.headers()['content-type']], [200, 'image/webp']);
      assert.equal((await cyd.context.request.get(`${WEB}${path}`)).status(), 404);
      const bare = own.url().split('?')[0];
      assert.equal((await cyd.context.request.get(bare)).status(), 403);
    });
  });
}

/** The photo of somebody, once it is loaded. */
async function seen(page, who) {
  const photo = page.locator('.bubble-photo img').nth(1);
  await photo.waitFor();
  await page.waitForFunction(() => {
    const photo = document.querySelectorAll('.bubble-photo img')[1];
    return photo.complete && photo.naturalWidth > 0;
  });
  assert.ok(who);
  return photo;
}
