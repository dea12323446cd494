// What is written while the connection is away, and outlives the tab.

import assert from 'node:assert/strict';
import { alive, journey, reads } from './support/browser.js';
import { join, meet, someone } from './support/people.js';

const field = (page) => page.getByLabel('Your message');
const own = (page) => page.locator('.bubble.mine .bubble-body span:not(.hidden)');

journey('what was written offline outlives its tab and is sent once, in order', async ({ open, step }) => {
  const [ada, ben] = [await open(), await open()];
  await join(ada, someone('Ada'));
  await join(ben, someone('Ben'));
  const chat = await meet(ada, ben, 'Hello');
  const words = ['One.', 'Two.', 'Three.'];
  await Promise.all([ada.page.goto(`/chats/${chat}`), ben.page.goto(`/chats/${chat}`)]);
  await Promise.all([alive(ada.page), alive(ben.page)]);

  await step('without a connection it waits', async () => {
    await ada.context.setOffline(true);
    await ada.page.getByText('Connection lost. Trying again…').waitFor();
    for (const word of words) {
      await field(ada.page).fill(word);
      await field(ada.page).press('Enter');
    }
    await reads(ada.page, '.bubble.mine .bubble-body span:not(.hidden)', ['Hello', ...words]);
    await ada.page.close();
  });

  await step('in another tab, later, it goes out', async () => {
    await ada.context.setOffline(false);
    const later = await ada.context.newPage();
    await later.goto(`/chats/${chat}`);
    await ben.page.getByText('Three.').last().waitFor();
    await reads(ben.page, '.bubble:not(.mine) .bubble-body span:not(.hidden)', ['Hello', ...words]);
    await reads(later, '.bubble.mine .bubble-body span:not(.hidden)', ['Hello', ...words]);
    await later.getByText('Not sent yet').first().waitFor({ state: 'hidden' });
    await later.waitForFunction(() => Object.keys(localStorage).length === 0);
    await Promise.all([later.reload(), ben.page.reload()]);
    await reads(ben.page, '.bubble:not(.mine) .bubble-body span:not(.hidden)', ['Hello', ...words]);
    assert.equal(await own(later).count(), 4);
  });

  await step('what is refused says why, also in the next tab, and is discarded', async () => {
    const page = await ada.context.newPage();
    await page.goto(`/chats/${chat}`);
    await page.route('**/messages', (route) => (route.request().method() === 'POST'
      ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"type":"about:blank","title":"You may not do this.","status":403,"code":"forbidden"}' })
      : route.continue()));
    await alive(page);
    await field(page).fill('Four.');
    await field(page).press('Enter');
    await page.locator('.trouble').getByText('You may not do this.').waitFor();
    await page.close();
    const next = await ada.context.newPage();
    await next.goto(`/chats/${chat}`);
    await next.locator('.trouble').getByText('You may not do this.').waitFor();
    await next.getByRole('button', { name: 'Discard' }).click();
    await next.getByText('Four.').waitFor({ state: 'detached' });
    await next.waitForFunction(() => Object.keys(localStorage).length === 0);
  });

  // The browser's own words about the cut are no fault of ours.
  ada.faults.length = 0;
});
